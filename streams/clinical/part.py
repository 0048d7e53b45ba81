"""What every part of a rule pack has in common: it cannot change, and a typing error in it never vanishes."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
