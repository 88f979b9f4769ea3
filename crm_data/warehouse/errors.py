"""What can keep the copy from following the CRM database. Each message is a sentence for people."""


class CopyError(Exception):
    """The copy could not be made or brought up to date. What it held before is still there."""


class MissingRate(CopyError):
    """An amount has to be converted and no exchange rate is known for its day."""
