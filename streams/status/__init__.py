"""How a stack is: what `huiyu status` asks of supervisor, broker, store and disk, and how it says it."""
