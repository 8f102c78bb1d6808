/// A call as a name and then an element for each argument, named after it; objects and lists are elements in elements:
/// `<invoke name="get_weather"><city>Oslo</city><at><lat>59.9</lat></at><tags><item>a</item></tags></invoke>`.
struct NestedSyntax: Sendable {
    var header: HeaderSyntax
    /// What stands around an element's name where it begins and where it ends.
    var open: Marker
    var end: Marker
    var nameEnd: Marker
    /// The name of a list's elements.
    var itemName: Marker
    /// What ends the call.
    var close: Marker
}
