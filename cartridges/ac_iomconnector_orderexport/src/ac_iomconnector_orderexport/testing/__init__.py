"""What cartridges test their order mapper extensions with; needs the extra ``testing``."""
