package main

import "strings"

// typeText writes a type as Rust does, without lifetimes; types of the
// documented crate by their public path, as crate::net::TcpStream.
func (w *walk) typeText(d *docs, t *typ) string {
	switch {
	case t == nil:
		return "()"
	case t.Path != nil:
		return w.pathText(d, t.Path)
	case t.Generic != "":
		return t.Generic
	case t.Primitive == "never":
		return "!"
	case t.Primitive != "":
		return t.Primitive
	case t.Tuple != nil:
		return "(" + w.typeList(d, *t.Tuple) + ")"
	case t.Slice != nil:
		return "[" + w.typeText(d, t.Slice) + "]"
	case t.Array != nil:
		return "[" + w.typeText(d, t.Array.Type) + "; " + t.Array.Len + "]"
	case t.Impl != nil:
		var bounds []*path
		for _, b := range t.Impl {
			if b.Trait != nil {
				bounds = append(bounds, b.Trait.Trait)
			}
		}
		return "impl " + w.boundsText(d, bounds)
	case t.Dyn != nil:
		var bounds []*path
		for _, b := range t.Dyn.Traits {
			bounds = append(bounds, b.Trait)
		}
		return "dyn " + w.boundsText(d, bounds)
	case t.Pointer != nil:
		if t.Pointer.Mutable {
			return "*mut " + w.typeText(d, t.Pointer.Type)
		}
		return "*const " + w.typeText(d, t.Pointer.Type)
	case t.Ref != nil:
		if t.Ref.Mutable {
			return "&mut " + w.typeText(d, t.Ref.Type)
		}
		return "&" + w.typeText(d, t.Ref.Type)
	case t.Qualified != nil && t.Qualified.Trait == nil:
		return w.typeText(d, t.Qualified.Self) + "::" + t.Qualified.Name
	case t.Qualified != nil && t.Qualified.Trait.Path == "":
		return w.typeText(d, t.Qualified.Self) + "::" + t.Qualified.Name
	case t.Qualified != nil:
		return "<" + w.typeText(d, t.Qualified.Self) + " as " + w.pathText(d, t.Qualified.Trait) + ">::" + t.Qualified.Name
	}
	return "_"
}

func (w *walk) typeList(d *docs, ts []*typ) string {
	parts := make([]string, len(ts))
	for i, t := range ts {
		parts[i] = w.typeText(d, t)
	}
	return strings.Join(parts, ", ")
}

func (w *walk) boundsText(d *docs, bounds []*path) string {
	parts := make([]string, len(bounds))
	for i, b := range bounds {
		parts[i] = w.pathText(d, b)
	}
	return strings.Join(parts, " + ")
}

func (w *walk) pathText(d *docs, p *path) string {
	s := p.Path
	if t, ok := w.locate(d, p.ID); ok && w.canonical[t] != "" {
		s = "crate::" + w.canonical[t]
	} else if s = strings.TrimPrefix(s, "crate::"); strings.HasPrefix(s, "$crate::") {
		s = s[strings.LastIndex(s, "::")+2:]
	}
	if p.Args == nil {
		return s
	}
	if f := p.Args.Paren; f != nil {
		s += "(" + w.typeList(d, f.Inputs) + ")"
		if f.Output != nil {
			s += " -> " + w.typeText(d, f.Output)
		}
		return s
	}
	if p.Args.Angle == nil {
		return s
	}
	var parts []string
	for _, a := range p.Args.Angle.Args {
		switch {
		case a.Type != nil:
			parts = append(parts, w.typeText(d, a.Type))
		case a.Const != nil:
			parts = append(parts, a.Const.Expr)
		}
	}
	for _, c := range p.Args.Angle.Constraints {
		if c.Binding.Equality != nil && c.Binding.Equality.Type != nil {
			parts = append(parts, c.Name+" = "+w.typeText(d, c.Binding.Equality.Type))
		}
	}
	if len(parts) > 0 {
		s += "<" + strings.Join(parts, ", ") + ">"
	}
	return s
}
