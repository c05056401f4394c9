"""The six predicates and the guards: whether a statement may follow what is already written (paper, Phi).

symbols = start(dataset)
judgement = judge(statement, symbols)      # judgement.ok, judgement.refusal, judgement.symbols
verdict = finish(judgement.symbols)
verdicts = judge_source(text, dataset)     # a whole program, or a user's file (dataset None)
"""

from refinestat.refinegen.predicates.comparable import incomparable
from refinestat.refinegen.predicates.guards import finish
from refinestat.refinegen.predicates.judgement import Judgement, judge
from refinestat.refinegen.predicates.source import ORDER, data_section, judge_source
from refinestat.refinegen.predicates.symbols import Symbols, start

__all__ = ["ORDER", "Judgement", "Symbols", "data_section", "finish", "incomparable", "judge", "judge_source", "start"]
