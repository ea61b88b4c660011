#!/usr/bin/env python3
"""case_folding.py: prints case_folding.inc, the simple case folding of Unicode as ranges.

    scripts/case_folding.py > backend/src/eventbridge/patterns/case_folding.inc
"""
import sys
import unicodedata


def fold(code):
    character = chr(code)
    for folded in (character.casefold(), character.lower()):
        if len(folded) == 1:
            return ord(folded)
    return code


def main():
    pairs = [(code, fold(code) - code) for code in range(0x80, sys.maxunicode + 1) if fold(code) != code]
    ranges = []  # [first, last, step, delta]
    for code, delta in pairs:
        if ranges and ranges[-1][3] == delta:
            first, last, step, _ = ranges[-1]
            if code - last == step or (first == last and code - last <= 2):
                ranges[-1][1:3] = [code, code - last]
                continue
        ranges.append([code, code, 1, delta])
    print(f"// Unicode {unicodedata.unidata_version}, by scripts/case_folding.py: first, last, step, delta.")
    for first, last, step, delta in ranges:
        print(f"{{0x{first:X}, 0x{last:X}, {step}, {delta}}},")


if __name__ == "__main__":
    main()
