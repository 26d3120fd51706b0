// Package toml reads TOML into a tree that keeps every place, in any state of
// the text, and edits it without touching what it need not.
//
// A document has two views. The concrete one, Sections and Entries and Values,
// is what stands in the text. The logical one, Nodes, is what the text means: a
// table that several headers, dotted keys and inline tables write is one Node.
package toml

import (
	"reactorls/engine/text"
)

// Document is one TOML text. It is immutable.
type Document struct {
	Src string
	// Sections are the parts between headers; the first has none.
	Sections []*Section
	// Errors are what the text breaks of TOML 1.1, in order of place.
	Errors []Error
	Root   *Node
}

// Error is one thing that is wrong with a text.
type Error struct {
	text.Span
	Msg string
}

// Section is a [header] or [[header]] and the entries below it.
type Section struct {
	Header  text.Span // brackets included; empty for the first section
	Keys    []Key
	Array   bool // [[header]]
	Entries []*Entry
	// End is behind the last line that belongs to the section, before its line
	// end: that of the header, or of the last entry with its comment.
	End int
}

// Entry is key = value, in a section or in an inline table.
type Entry struct {
	text.Span // from the key to the end of the value
	Keys      []Key
	Eq        int // offset of the =, or -1
	Value     *Value
	Comment   text.Span // behind it on its line, empty when there is none
	Comma     int       // in an inline table: offset of the comma behind it, or -1
}

// Key is one part of a key.
type Key struct {
	text.Span // with quotes
	Name      string
}

// Kind is the kind of a value or node.
type Kind uint8

// The kinds. An Invalid value is missing or cannot be read.
const (
	Invalid Kind = iota
	String
	Integer
	Float
	Boolean
	Datetime
	Array
	Table
)

// Value is a value as it stands in the text.
type Value struct {
	text.Span
	Kind    Kind
	Str     string   // String: decoded; other scalars: as written
	Elems   []*Elem  // Array
	Entries []*Entry // Table
	Closed  bool     // its closing quote or bracket is there
}

// Elem is an element of an array.
type Elem struct {
	*Value
	Comma int // offset of the comma behind it, or -1
}

// Node is one value in its logical place. A nil *Node is what is not there; all
// methods accept it.
type Node struct {
	Key    Key // where it is mentioned first; zero for the root and for elements
	Kind   Kind
	Value  *Value // nil for a table or array that headers or dotted keys make
	Parent *Node

	children []*Node
	index    map[string]*Node // of children, when they are many
	elems    []*Node
	sections []*Section // the headers that name exactly this table
	entries  []*Entry   // the entries whose key names it or leads through it
	origin   origin
}

// origin is what made a table, which decides who may add to it.
type origin uint8

const (
	implied origin = iota // in the middle of a header's path
	headed                // by its own header
	dotted                // in the middle of an entry's key
	written               // a value: closed for everybody
	counted               // [[header]]
)

// Get follows keys down; nil when one is not there.
func (n *Node) Get(path ...string) *Node {
	for _, name := range path {
		if n = n.child(name); n == nil {
			return nil
		}
	}
	return n
}

func (n *Node) child(name string) *Node {
	if n == nil {
		return nil
	}
	if n.index != nil {
		return n.index[name]
	}
	for _, c := range n.children {
		if c.Key.Name == name {
			return c
		}
	}
	return nil
}

// fewChildren is how many are found faster by looking at each.
const fewChildren = 12

func (n *Node) add(c *Node) {
	c.Parent = n
	n.children = append(n.children, c)
	switch {
	case n.index != nil:
		n.index[c.Key.Name] = c
	case len(n.children) > fewChildren:
		n.index = make(map[string]*Node, 2*fewChildren)
		for _, c := range n.children {
			n.index[c.Key.Name] = c
		}
	}
}

// Members are the values of a table, in order of first mention.
func (n *Node) Members() []*Node {
	if n == nil {
		return nil
	}
	return n.children
}

// Items are the elements of an array.
func (n *Node) Items() []*Node {
	if n == nil {
		return nil
	}
	return n.elems
}

// Text is the value of a string.
func (n *Node) Text() (string, bool) {
	if n == nil || n.Kind != String {
		return "", false
	}
	return n.Value.Str, true
}

// Bool is the value of a boolean.
func (n *Node) Bool() (value, ok bool) {
	if n == nil || n.Kind != Boolean {
		return false, false
	}
	return n.Value.Str == "true", true
}

// At is the span that shows the node: its value, or the key of a table that has
// none.
func (n *Node) At() text.Span {
	switch {
	case n == nil:
		return text.Span{}
	case n.Value != nil:
		return n.Value.Span
	}
	return n.Key.Span
}

// Sections are the headers that name exactly this table.
func (n *Node) Sections() []*Section {
	if n == nil {
		return nil
	}
	return n.sections
}

// NodeAt is the innermost node whose key or value holds the offset; the root
// when none does.
func (d *Document) NodeAt(offset int) *Node {
	return innermost(d.Root, offset)
}

func innermost(n *Node, offset int) *Node {
	for _, c := range n.children {
		if found := within(c, offset); found != nil {
			return found
		}
	}
	for _, e := range n.elems {
		if found := within(e, offset); found != nil {
			return found
		}
	}
	return n
}

// within is the innermost node at or below c that holds the offset, nil when
// none does. A table of headers and dotted keys has no span of its own, so what
// is below it is asked.
func within(c *Node, offset int) *Node {
	if c.Value != nil && c.Value.Contains(offset) {
		return innermost(c, offset)
	}
	if c.Value == nil {
		if found := innermost(c, offset); found != c {
			return found
		}
	}
	if c.Key.Name != "" && c.Key.Contains(offset) || c.mentioned(offset) {
		return c
	}
	return nil
}

// mentioned reports whether a later key that leads to the table holds the
// offset.
func (n *Node) mentioned(offset int) bool {
	for _, s := range n.sections {
		if s.Header.Contains(offset) {
			return true
		}
	}
	return false
}
