/// The view of a dictionary that a method of it gives.
struct MappingView: Sendable {
    enum Kind: String { case keys = "dict_keys", values = "dict_values", items = "dict_items" }

    let kind: Kind
    let dictionary: Mapping

    var values: [Value] {
        switch kind {
        case .keys: dictionary.keys
        case .values: dictionary.values
        case .items: zip(dictionary.keys, dictionary.values).map { .tuple(Elements([$0, $1])) }
        }
    }
}
