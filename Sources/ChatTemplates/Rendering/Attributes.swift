/// The attributes of a namespace, in the order of their assignment.
struct Attributes {
    private(set) var names: [Text] = []
    private(set) var values: [Value] = []

    subscript(name: Text) -> Value? {
        get { names.firstIndex { $0 == name }.map { values[$0] } }
        set {
            guard let newValue else { return }
            if let at = names.firstIndex(where: { $0 == name }) {
                values[at] = newValue
            } else {
                names.append(name)
                values.append(newValue)
            }
        }
    }
}
