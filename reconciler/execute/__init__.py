"""Executing a plan: each action as soon as what it needs is done. It never decides what to do, it only does it."""

from reconciler.execute.narrator import Journal, Narrator
from reconciler.execute.options import Archives, Brake, ImageStore, Options, Wait
from reconciler.execute.scheduler import execute

__all__ = ["Archives", "Brake", "ImageStore", "Journal", "Narrator", "Options", "Wait", "execute"]
