/// The methods that values have, by their Python names.
enum Method: String {
    // Strings
    case capitalize, casefold, center, count, endswith, expandtabs, find, format
    case formatMap = "format_map"
    case index, isalnum, isalpha, isascii, isdecimal, isdigit, isidentifier, islower, isnumeric, isprintable, isspace
    case istitle, isupper, join, ljust, lower, lstrip, partition, removeprefix, removesuffix, replace, rfind, rindex
    case rjust, rpartition, rsplit, rstrip, split, splitlines, startswith, strip, swapcase, title, upper, zfill
    case translate
    // Numbers
    case asIntegerRatio = "as_integer_ratio"
    case bitCount = "bit_count"
    case bitLength = "bit_length"
    case conjugate
    case isInteger = "is_integer"
    // Lists, tuples and dictionaries; `count` and `index` are there, too
    case copy, get, items, keys, values
    // What changes a list or a dictionary, which the sandbox refuses
    case append, clear, extend, insert, pop, popitem, remove, reverse, setdefault, sort, update
    // Loops and cyclers
    case cycle, changed, next, reset

    /// Whether Python's type of the value has the method.
    func exists(on value: Value) -> Bool {
        switch value {
        case .string:
            switch self {
            case .copy, .get, .items, .keys, .values, .cycle, .changed, .next, .reset: false
            case .asIntegerRatio, .bitCount, .bitLength, .conjugate, .isInteger: false
            default: !isUnsafe
            }
        case .list:
            switch self {
            case .count, .index, .copy, .append, .clear, .extend, .insert, .pop, .remove, .reverse, .sort: true
            default: false
            }
        case .tuple, .range: self == .count || self == .index
        case .dictionary:
            switch self {
            case .copy, .get, .items, .keys, .values, .clear, .pop, .popitem, .setdefault, .update: true
            default: false
            }
        case .bool, .integer:
            switch self {
            case .asIntegerRatio, .bitCount, .bitLength, .conjugate: true
            default: false
            }
        case .double: self == .asIntegerRatio || self == .conjugate || self == .isInteger
        case .loop: self == .cycle || self == .changed
        case .cycler: self == .next || self == .reset
        default: false
        }
    }

    /// Whether the sandbox refuses the method.
    var isUnsafe: Bool {
        switch self {
        case .append, .clear, .extend, .insert, .pop, .popitem, .remove, .reverse, .setdefault, .sort, .update: true
        default: false
        }
    }
}
