package cargo

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Lock is a Cargo.lock.
type Lock struct {
	Packages []LockedPackage
	byName   map[string][]int
}

// LockedPackage is one package that cargo has settled on.
type LockedPackage struct {
	Name, Version string
	Source        string   // "" for a path or workspace package
	Dependencies  []string // as written: name, name version, or name version (source)
}

// ParseLock reads a lockfile of any version. The error names the place.
func ParseLock(src string) (*Lock, error) {
	if k := strings.Index(src, "<<<<<<< "); k >= 0 && (k == 0 || src[k-1] == '\n') {
		return nil, fmt.Errorf("merge conflict at line %d", 1+strings.Count(src[:k], "\n"))
	}
	var file struct {
		Package []LockedPackage
		Root    *LockedPackage // lockfiles of before 2018
	}
	if err := toml.Unmarshal([]byte(src), &file); err != nil {
		if d := (*toml.DecodeError)(nil); errors.As(err, &d) {
			line, _ := d.Position()
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		return nil, err
	}
	if file.Root != nil {
		file.Package = append(file.Package, *file.Root)
	}
	l := &Lock{Packages: file.Package, byName: map[string][]int{}}
	for i, p := range l.Packages {
		l.byName[p.Name] = append(l.byName[p.Name], i)
	}
	return l, nil
}

// Named lists the locked packages of a name.
func (l *Lock) Named(name string) []LockedPackage {
	if l == nil {
		return nil
	}
	var ps []LockedPackage
	for _, i := range l.byName[name] {
		ps = append(ps, l.Packages[i])
	}
	return ps
}

// Dependency finds the package that p's lock entry names as a dependency of that
// package name.
func (l *Lock) Dependency(p LockedPackage, name string) (LockedPackage, bool) {
	for _, d := range p.Dependencies {
		fields := strings.Fields(d)
		if len(fields) == 0 || fields[0] != name {
			continue
		}
		for _, c := range l.Named(name) {
			if len(fields) == 1 || c.Version == fields[1] && (len(fields) == 2 || strings.Trim(fields[2], "()") == c.Source) {
				return c, true
			}
		}
	}
	return LockedPackage{}, false
}

// Dependents counts the locked packages that depend on one of that name.
func (l *Lock) Dependents(name string) int {
	n := 0
	for _, p := range l.Packages {
		for _, d := range p.Dependencies {
			if d == name || strings.HasPrefix(d, name+" ") {
				n++
				break
			}
		}
	}
	return n
}
