"""The emulator's tests look at MiniStack with our handlers in it."""

from emulator import __main__ as launcher

launcher.install()
