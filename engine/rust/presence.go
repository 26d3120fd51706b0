package rust

import "slices"

// Want is a mention of something of the package itself that some builds leave
// out: a build that compiles the mention must compile one of the declarations.
type Want struct {
	Mention      CondID
	Declarations []CondID
}

// Wants lists what the crate asks of a build so that all its own names are there.
// A mention of what cannot be found asks nothing.
func (c *Crate) Wants() []Want {
	var wants []Want
	for _, u := range c.Units {
		for i := range u.Source.Refs {
			r := &u.Source.Refs[i]
			if r.Kind != PathRef && r.Kind != UseRef || len(r.Segs) < 2 || r.Open {
				continue
			}
			w := Want{u.conds[r.Cond], u.declarations(r)}
			if len(w.Declarations) == 0 || slices.Contains(w.Declarations, always) || slices.Contains(w.Declarations, w.Mention) {
				continue
			}
			if !slices.ContainsFunc(wants, func(o Want) bool { return o.Mention == w.Mention && slices.Equal(o.Declarations, w.Declarations) }) {
				wants = append(wants, w)
			}
		}
	}
	return wants
}

// declarations are the conditions of all that a mention may mean: what the
// longest part of its path that leads to a module of the package holds under the
// next name. There are none where it may mean something that is not seen.
func (u *Unit) declarations(r *Ref) []CondID {
	for n := len(r.Segs) - 1; n > 0; n-- {
		targets := u.Resolve(Path{r.Segs[:n], r.Global}, r.Scope, TypeSpace, r.Kind == UseRef, nil)
		if len(targets) == 0 {
			continue
		}
		var found []CondID
		for _, t := range targets {
			if t.module == nil || t.module.unit == nil || t.Unsure {
				return nil
			}
			for _, d := range t.module.holds(r.Segs[n]) {
				found = append(found, u.Crate.Package.conds.and(t.Cond, d))
			}
		}
		return found
	}
	return nil
}

// holds are the conditions under which the module has a name. Where it is not
// seen to declare it, something else may bring it, and always.
func (m *Module) holds(name string) []CondID {
	sc := &m.unit.scopes[m.scope]
	var found []CondID
	for _, mod := range sc.mods[name] {
		found = append(found, mod.Cond)
	}
	for _, i := range m.unit.Source.named(m.scope)[name] {
		found = append(found, m.unit.conds[m.unit.Source.Names[i].Cond])
	}
	if len(found) == 0 || len(sc.globs) > 0 || len(sc.included) > 0 {
		return []CondID{always}
	}
	return found
}
