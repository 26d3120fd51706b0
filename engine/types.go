package engine

import (
	"strings"

	"reactorls/engine/runtimes"
	"reactorls/engine/rust"
)

// library tells the inference of types what is known of an item behind an import
// name.
func (s *sources) library(extern string, path []string) (rust.LibraryItem, bool) {
	pkg := s.packageOf(extern)
	joined := strings.Join(path, "::")
	var item rust.LibraryItem
	known := false
	if k := s.knowledge(extern); k != nil {
		i, ok := k.Item(joined)
		if ok && i.Kind != runtimes.Module && i.Kind != runtimes.Macro && i.Kind != runtimes.Attribute {
			known = true
			joined = i.Path
			item.Trait = i.Kind == runtimes.Trait
			item.Type = item.Trait || i.Kind == runtimes.Struct || i.Kind == runtimes.Enum || i.Kind == runtimes.Union || i.Kind == runtimes.TypeAlias
			item.Async, item.Returns = i.Async, i.Returns
		}
	}
	if shape := runtimes.FindShape(pkg, joined); shape != nil {
		known = true
		joined = shape.Path
		item.Type, item.Trait = shape.Type, item.Trait || shape.Trait
		item.Generics, item.Deref, item.Output, item.Each = shape.Generics, shape.Deref, shape.Await, shape.Each
		if !shape.Type {
			item.Async, item.Arguments, item.Returns = false, shape.Arguments, shape.Returns
			item.On = shape.On
		}
	}
	item.Path = strings.Split(joined, "::")
	return item, known
}
