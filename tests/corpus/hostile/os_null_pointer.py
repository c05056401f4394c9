# reject statically: reads address zero
import ctypes
ctypes.string_at(0)
