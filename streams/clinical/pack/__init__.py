"""A rule pack: the schedule and the rules as data, validated when read; a county's packs change the national one."""

from streams.clinical.pack.model import Rule, RuleEntry, RulePack, Text
from streams.clinical.pack.reading import BadPack, load, national, read_pack

__all__ = ["BadPack", "Rule", "RuleEntry", "RulePack", "Text", "load", "national", "read_pack"]
