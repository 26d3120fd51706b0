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
	Checksum      string   // of a registry's package
	Dependencies  []string // as written: name, name version, or name version (source)
}

// String is the package as cargo tree shows it.
func (p LockedPackage) String() string { return p.Name + " " + p.Version }

// ParseLock reads a lockfile of any version. The error names the place.
func ParseLock(src string) (*Lock, error) {
	if k := strings.Index(src, "<<<<<<< "); k >= 0 && (k == 0 || src[k-1] == '\n') {
		return nil, fmt.Errorf("merge conflict at line %d", 1+strings.Count(src[:k], "\n"))
	}
	var file struct {
		Package  []LockedPackage
		Root     *LockedPackage    // lockfiles of before 2018
		Metadata map[string]string // the checksums of version 1
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
		if p.Checksum == "" {
			l.Packages[i].Checksum = file.Metadata["checksum "+p.Name+" "+p.Version+" ("+p.Source+")"]
		}
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

// Dependencies lists, as indexes of Packages, those that the lock entry i names.
func (l *Lock) Dependencies(i int) []int {
	var all []int
	for _, d := range l.Packages[i].Dependencies {
		name, rest, _ := strings.Cut(d, " ")
		version, source, _ := strings.Cut(rest, " ")
		source = withoutRevision(strings.Trim(source, "()"))
		for _, j := range l.byName[name] {
			p := &l.Packages[j]
			if (version == "" || version == p.Version) && (source == "" || source == withoutRevision(p.Source)) {
				all = append(all, j)
			}
		}
	}
	return all
}

// Dependency finds the package that p's lock entry names as a dependency of that
// package name.
func (l *Lock) Dependency(p LockedPackage, name string) (LockedPackage, bool) {
	for _, i := range l.byName[p.Name] {
		if own := l.Packages[i]; own.Version != p.Version || own.Source != p.Source {
			continue
		}
		for _, j := range l.Dependencies(i) {
			if l.Packages[j].Name == name {
				return l.Packages[j], true
			}
		}
	}
	return LockedPackage{}, false
}

// withoutRevision drops the commit from a git source.
func withoutRevision(source string) string {
	source, _, _ = strings.Cut(source, "#")
	return source
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
