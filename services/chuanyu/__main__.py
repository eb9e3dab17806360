"""`python -m chuanyu` is the command `chuanyu`."""

from chuanyu.cli import main

main()
