"""
A sample month, wholly synthetic (合成数据): a campaign of joint spot checks as it is lived, at any size.

What happens is drawn first (`script`, `plots`, with instants from `hours`), how it is said comes second (`telling`, `faults`), and what
follows of it is computed apart from both (`owing`): from the texts, by no code of the bus but its calendar and its clocks.
"""
