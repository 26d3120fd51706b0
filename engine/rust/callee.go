package rust

import "sync"

// CrateFn is a function of a crate in the unit that it stands in.
type CrateFn struct {
	*Fn
	Unit *Unit

	callsOnce sync.Once
	calls     map[uint32]MethodCall

	parametersOnce sync.Once
	parameters     []string

	plainOnce sync.Once
	always    bool // see isPlain
	plain     Type // what it gives then
}

// Compiled is what must hold for the function to be compiled.
func (f *CrateFn) Compiled() CondID { return f.Unit.conds[f.Cond] }

// fnIndex finds the functions of a crate by what calls them name.
type fnIndex struct {
	all     []*CrateFn
	free    map[fnKey][]*CrateFn     // by the scope that they stand in
	methods map[[2]string][]*CrateFn // by type and name
	byScope map[place]*CrateFn
}

type fnKey struct {
	at   place
	name string
}

// Fns are the functions of the crate, in order of file and place.
func (c *Crate) Fns() []*CrateFn { return c.fnIndex().all }

func (c *Crate) fnIndex() *fnIndex {
	c.fnsOnce.Do(func() {
		x := &fnIndex{free: map[fnKey][]*CrateFn{}, methods: map[[2]string][]*CrateFn{}, byScope: map[place]*CrateFn{}}
		for _, u := range c.Units {
			for _, fn := range u.Source.fns() {
				f := &CrateFn{Fn: fn, Unit: u}
				x.all = append(x.all, f)
				x.byScope[place{u, fn.Scope}] = f
				if fn.Impl != "" {
					key := [2]string{fn.Impl, fn.Name}
					x.methods[key] = append(x.methods[key], f)
				} else {
					key := fnKey{place{u, u.Source.Scopes[fn.Scope].Parent}, fn.Name}
					x.free[key] = append(x.free[key], f)
				}
			}
		}
		c.fns = x
	})
	return c.fns
}

// fns are the functions of the file, read once.
func (s *Source) fns() []*Fn {
	s.fnsOnce.Do(func() { s.fnsRead = s.Fns() })
	return s.fnsRead
}

// Own finds the function of the crate that a call means; nil when it is none, or
// there is no telling which. impl is the type that the caller is a method of.
func (u *Unit) Own(path Path, scope int32, impl string) *CrateFn {
	u.Crate.resolve()
	const furthest = 8 // imports that lead to imports
	return u.own(path, place{u, scope}, impl, furthest)
}

// Method finds the method of a type of the crate; nil when there is none, or more
// than one.
func (c *Crate) Method(impl, name string) *CrateFn {
	return c.Package.sole(c.fnIndex().methods[[2]string{impl, name}])
}

func (u *Unit) own(path Path, at place, impl string, steps int) *CrateFn {
	n := len(path.Segs)
	if n == 0 || steps == 0 {
		return nil
	}
	if n == 1 && !path.Global {
		return u.bare(path.Segs[0], at, impl, steps)
	}
	if n == 1 {
		return nil // ::name is no function of the crate
	}
	p := u.Crate.Package
	prefix := Path{path.Segs[:n-1], path.Global}
	name := path.Segs[n-1]
	targets := p.resolve(prefix, at, TypeSpace, false, nil)
	if len(targets) == 0 { // no module and nothing extern: a type of the crate
		holder := path.Segs[n-2]
		if holder == "Self" {
			holder = impl
		}
		return u.Crate.Method(holder, name)
	}
	if len(targets) > 1 || targets[0].module == nil || targets[0].Unsure {
		return nil
	}
	return u.within(targets[0].module.place, name, impl, steps)
}

// within finds a function among the items and imports of a module.
func (u *Unit) within(at place, name, impl string, steps int) *CrateFn {
	if at.unit == nil {
		return nil
	}
	if fns := at.unit.Crate.fnIndex().free[fnKey{at, name}]; len(fns) > 0 {
		return u.Crate.Package.sole(fns)
	}
	var uses []*Name
	var conds []CondID
	for _, i := range at.unit.Source.named(at.scope)[name] {
		n := &at.unit.Source.Names[i]
		if n.Use && len(n.Path.Segs) > 0 && !(len(n.Path.Segs) == 1 && n.Path.Segs[0] == name && !n.Path.Global) {
			uses, conds = append(uses, n), append(conds, at.unit.conds[n.Cond])
		}
	}
	i := 0
	if len(uses) > 1 {
		i = u.Crate.Package.chosen(conds)
	}
	if i < 0 || len(uses) == 0 {
		return nil
	}
	return at.unit.own(uses[i].Path, place{at.unit, uses[i].Scope}, impl, steps-1)
}

// bare finds a function by its name alone, from a scope outwards to the module.
func (u *Unit) bare(name string, at place, impl string, steps int) *CrateFn {
	for {
		if f := u.within(at, name, impl, steps); f != nil {
			return f
		}
		s := &at.unit.Source.Scopes[at.scope]
		switch {
		case len(at.unit.Source.named(at.scope)[name]) > 0:
			return nil // something else is meant
		case s.Kind == FileScope && at.unit.including.unit != nil:
			at = at.unit.including
		case s.Kind == FileScope || s.Kind == ModScope:
			return nil
		default:
			at.scope = s.Parent
		}
	}
}
