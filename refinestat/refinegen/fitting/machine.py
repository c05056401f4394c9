"""A PyTensor graph as machine code: written as LLVM IR for the shapes of one evaluation, then compiled in process."""

from typing import Any

import llvmlite.binding as llvm

from refinestat.refinegen.fitting.graph import Evaluator
from refinestat.refinegen.fitting.ir import REAL, Value, Writer
from refinestat.refinegen.fitting.outside import address
from refinestat.refinegen.fitting.translate import Translator

TOLERANCE = 1e-6  # how far machine code and PyTensor may be apart, relative to what is larger than 1
CHECKED_POINTS = 4


def write(writer: Writer, graph: Evaluator) -> list[Value]:
    """The body of a function of `ptr %x`, where all inputs stand as reals, one after the other; its results.

    Shapes are those of the inputs that the graph was evaluated at last."""
    varying = graph.varying()
    translator = Translator(writer, graph.known(), varying)
    start = 0
    for variable in graph.fgraph.inputs:
        pointer = writer.emit(f"getelementptr inbounds double, ptr %x, i64 {start}")
        given = Value(pointer, REAL, translator.shape(variable), False)
        translator.receive(variable, given)
        start += given.size
    for node in graph.order:
        if any(output in varying for output in node.outputs):
            translator.node(node)
    return [translator.value(output) for output in graph.fgraph.outputs]


def assemble(text: str, calls: frozenset[str]) -> Any:
    """The engine that holds the machine code. calls: the outside functions that the text names."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    for symbol in calls:
        llvm.add_symbol(symbol, address(symbol))
    machine = llvm.Target.from_default_triple().create_target_machine(opt=1, jit=True)
    module = llvm.parse_assembly(text)
    module.verify()
    options = llvm.create_pipeline_tuning_options(speed_level=1)
    options.loop_unrolling = False  # doubles the time to compile and gains nothing
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)
    engine = llvm.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    return engine
