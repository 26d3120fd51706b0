package toml

import (
	"cmp"
	"slices"
)

// link builds the logical view and reports what is defined twice. What came
// first stays.
func link(d *Document) *Node {
	l := linker{doc: d}
	root := &Node{Kind: Table, origin: headed}
	for i, s := range d.Sections {
		table := root
		if i > 0 {
			table = l.header(root, s)
		}
		l.begin()
		for _, e := range s.Entries {
			l.entry(table, e)
		}
	}
	return root
}

type linker struct {
	doc *Document
	// opened are the tables that dotted keys of the current section made; the
	// next section must not add to them.
	opened []*Node
}

func (l *linker) begin() {
	for _, n := range l.opened {
		n.origin = headed
	}
	l.opened = nil
}

func (l *linker) fail(k Key, msg string) {
	l.doc.Errors = append(l.doc.Errors, Error{k.Span, msg})
}

func sortErrors(errors []Error) {
	slices.SortStableFunc(errors, func(a, b Error) int { return cmp.Compare(a.Start, b.Start) })
}

// header finds or makes the table that a header names. Where it must not be
// defined here, what stands below is still read into it, as far as it is one.
func (l *linker) header(root *Node, s *Section) *Node {
	n := root
	for i, k := range s.Keys {
		last := i == len(s.Keys)-1
		c := n.child(k.Name)
		switch {
		case c == nil && last && s.Array:
			c = &Node{Key: k, Kind: Array, origin: counted}
			n.add(c)
		case c == nil:
			c = &Node{Key: k, Kind: Table, origin: implied}
			n.add(c)
			if last {
				c.origin = headed
			}
		case c.origin == written || c.Kind != Table && c.origin != counted:
			l.fail(k, k.Name+" is already a value")
			return &Node{Key: k, Kind: Table, origin: headed} // read, but nowhere in the tree
		case last && s.Array && c.origin != counted:
			l.fail(k, k.Name+" is already a table")
		case last && !s.Array && c.origin != implied:
			l.fail(k, k.Name+" is already defined")
		case last && !s.Array:
			c.origin = headed
		}
		if c.origin == counted {
			if last && s.Array {
				e := &Node{Kind: Table, Parent: c, origin: headed}
				c.elems = append(c.elems, e)
			}
			if len(c.elems) == 0 {
				return &Node{Key: k, Kind: Table, origin: headed}
			}
			c = c.elems[len(c.elems)-1]
		}
		n = c
	}
	if len(s.Keys) == 0 {
		return &Node{Kind: Table, origin: headed}
	}
	n.sections = append(n.sections, s)
	return n
}

// entry puts key = value into a table.
func (l *linker) entry(table *Node, e *Entry) {
	if len(e.Keys) == 0 {
		return
	}
	n := table
	for _, k := range e.Keys[:len(e.Keys)-1] {
		c := n.child(k.Name)
		switch {
		case c == nil:
			c = &Node{Key: k, Kind: Table, origin: dotted}
			l.opened = append(l.opened, c)
			n.add(c)
		case c.origin != dotted && c.origin != implied:
			l.fail(k, k.Name+" is already defined")
			return
		}
		c.entries = append(c.entries, e)
		n = c
	}
	k := e.Keys[len(e.Keys)-1]
	if n.child(k.Name) != nil {
		l.fail(k, k.Name+" is already defined")
		return
	}
	n.add(l.value(k, e.Value, e))
}

func (l *linker) value(k Key, v *Value, e *Entry) *Node {
	n := &Node{Key: k, Kind: v.Kind, Value: v, origin: written}
	if e != nil {
		n.entries = []*Entry{e}
	}
	switch v.Kind {
	case Array:
		for _, el := range v.Elems {
			c := l.value(Key{}, el.Value, nil)
			c.Parent = n
			n.elems = append(n.elems, c)
		}
	case Table:
		outer := l.opened
		l.opened = nil
		for _, in := range v.Entries {
			l.entry(n, in)
		}
		l.opened = outer
	}
	return n
}
