package rust

import "slices"

// TypeKind says what is known of a type.
type TypeKind uint8

// The kinds of types. References are not kept: a method is found through them.
const (
	UnknownType TypeKind = iota
	ExternType           // of an extern crate or the standard library
	OwnType              // of the package
	TupleType            // of Args
	FutureType           // gives Args[0] when it is awaited
	ClosureType          // gives Args[0] when it is called
	BoundType            // a generic parameter, impl Trait or dyn Trait: it has Bounds
)

// Type is the type of an expression, as far as the text tells it.
type Type struct {
	Kind TypeKind
	// Cond is what must hold for it to be this one, where builds differ.
	Cond   CondID
	Extern string   // ExternType: the crate, by the name that it is imported as, or "std"
	Path   []string // ExternType: below the crate
	Own    *TypeDecl
	Name   string // BoundType: of the parameter, if it is one
	Args   []Type // generic arguments, as far as they are written
	Bounds []Type // BoundType: the traits
}

// Is reports whether it is a type of an extern crate, by its path in full.
func (t Type) Is(extern string, path ...string) bool {
	return t.Kind == ExternType && t.Extern == extern && slices.Equal(t.Path, path)
}

// arg is a generic argument, unknown where there is none.
func (t Type) arg(i int) Type {
	if i < len(t.Args) {
		return t.Args[i]
	}
	return Type{}
}

func future(of Type) Type  { return Type{Kind: FutureType, Args: []Type{of}} }
func closure(of Type) Type { return Type{Kind: ClosureType, Args: []Type{of}} }

// LibraryItem is what is known of an item of an extern crate. Types are written as
// in Rust, those of the same crate as crate::path.
type LibraryItem struct {
	Path        []string // the chosen one, where it has several
	Type, Trait bool
	// Generics are the parameters of a type, in order.
	Generics []string
	// Deref is what a type dereferences to, Output what awaiting it gives, and
	// Each what going through it gives; "" for nothing that is known.
	Deref, Output, Each string
	// Async, Arguments, On and Returns are a function's. Arguments names types that
	// the return type speaks of.
	Async              bool
	Arguments, Returns string
	On                 string // what a method is for, where that is less than its type
}

// MethodCall is what is known of one method call, or of one access to a field of an
// extern crate's type, whose gates it has.
type MethodCall struct {
	// Receiver is the type that has the method, found through references and
	// pointers; where only a trait in scope tells of the method, the type of the
	// expression.
	Receiver Type
	// Extern and Path are the method, where it is one of an extern crate.
	Extern string
	Path   []string
	// Fn is the method, where it is one of the crate's own.
	Fn *CrateFn
	// Sure tells that no other method can be meant.
	Sure bool
	// Scope is the one that the call stands in.
	Scope int32
	// Cond is what must hold for the receiver to have its type, where builds differ.
	Cond CondID
}

// meanings are what parameters stand for. They are few: looking through them is faster than
// a map.
type meanings []meaning

type meaning struct {
	name string
	Type
}

// of is what a parameter stands for.
func (m meanings) of(name string) (Type, bool) {
	for i := range m {
		if m[i].name == name {
			return m[i].Type, true
		}
	}
	return Type{}, false
}

// set has a parameter stand for a type.
func (m *meanings) set(name string, t Type) {
	for i := range *m {
		if (*m)[i].name == name {
			(*m)[i].Type = t
			return
		}
	}
	*m = append(*m, meaning{name, t})
}

// substitute puts types in place of parameters.
func (t Type) substitute(of meanings) Type {
	if len(of) == 0 {
		return t
	}
	if t.Kind == BoundType && t.Name != "" {
		if x, ok := of.of(t.Name); ok {
			return x
		}
		return t
	}
	if len(t.Args) > 0 {
		args := make([]Type, len(t.Args))
		for i, a := range t.Args {
			args[i] = a.substitute(of)
		}
		t.Args = args
	}
	return t
}

// unify finds what the parameters of a pattern stand for in a type.
func unify(pattern, t Type, of *meanings) {
	switch {
	case pattern.Kind == BoundType && pattern.Name != "":
		if _, ok := of.of(pattern.Name); !ok && t.Kind != UnknownType {
			of.set(pattern.Name, t)
		}
	case pattern.Kind == FutureType:
		if out, ok := t.future(); ok {
			unify(pattern.Args[0], out, of)
		}
	case pattern.Kind == t.Kind && (pattern.Kind != ExternType || slices.Equal(pattern.Path, t.Path)):
		for i := range min(len(pattern.Args), len(t.Args)) {
			unify(pattern.Args[i], t.Args[i], of)
		}
	}
}

// future is what a type gives when it is awaited, if its own kind tells that.
func (t Type) future() (Type, bool) {
	if t.Kind == FutureType {
		return t.Args[0], true
	}
	for _, b := range t.Bounds {
		if b.Kind == FutureType {
			return b.Args[0], true
		}
	}
	return Type{}, false
}
