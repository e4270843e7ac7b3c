"""Lists: from a file in whatever shape to rows that are checked and can be fixed.

upload -> chunks -> read_sheet -> blocks -> check_block -> rows and their problems
"""
