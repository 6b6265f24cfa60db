"""``python -m iomconnector`` is the command ``iomconnector``."""

from iomconnector.cli.main import main

if __name__ == "__main__":
    main()
