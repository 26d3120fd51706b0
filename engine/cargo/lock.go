package cargo

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/pelletier/go-toml/v2"
)

// Lock is a Cargo.lock.
type Lock struct {
	Packages []LockedPackage
	byName   map[string][]int
	edges    [][]int // for each package, those that it names

	dependentsOnce sync.Once
	dependents     map[string]int
}

// LockedPackage is one package that cargo has settled on.
type LockedPackage struct {
	Name, Version string
	Source        string   // "" for a path or workspace package
	Checksum      string   // of a registry's package
	Dependencies  []string // as written: name, name version, or name version (source)
	Replace       string   // by [replace]: the package that stands in for this one
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
	l := &Lock{Packages: file.Package, byName: make(map[string][]int, len(file.Package))}
	seen := make(map[[3]string]bool, len(file.Package))
	for i := range l.Packages {
		p := &l.Packages[i]
		key := [3]string{p.Name, p.Version, p.Source}
		if seen[key] {
			return nil, fmt.Errorf("%s is there twice", p)
		}
		seen[key] = true
		l.byName[p.Name] = append(l.byName[p.Name], i)
		if p.Checksum == "" {
			p.Checksum = file.Metadata["checksum "+p.Name+" "+p.Version+" ("+p.Source+")"]
		}
	}
	l.edges = make([][]int, len(l.Packages))
	for i, p := range l.Packages {
		for _, d := range p.Dependencies {
			j := l.find(d)
			if j >= 0 && l.Packages[j].Replace != "" {
				j = l.find(l.Packages[j].Replace)
			}
			if j >= 0 {
				l.edges[i] = append(l.edges[i], j)
			}
		}
	}
	return l, nil
}

// find gives the package that is written as name, name version, or name version
// (source); -1 where there is none, or no telling which.
func (l *Lock) find(written string) int {
	name, rest, _ := strings.Cut(written, " ")
	version, source, _ := strings.Cut(rest, " ")
	source = withoutRevision(strings.Trim(source, "()"))
	var found, paths []int
	for _, j := range l.byName[name] {
		p := &l.Packages[j]
		if version != "" && version != p.Version || source != "" && source != withoutRevision(p.Source) {
			continue
		}
		if found = append(found, j); p.Source == "" {
			paths = append(paths, j)
		}
	}
	switch {
	case len(found) == 1:
		return found[0]
	case len(paths) == 1 && version != "": // of a path no source is ever written
		return paths[0]
	}
	return -1
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
func (l *Lock) Dependencies(i int) []int { return l.edges[i] }

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

// Reaches reports whether a locked package is one of that name, or depends on it.
func (l *Lock) Reaches(p LockedPackage, name string) bool {
	seen := map[int]bool{}
	var reaches func(i int) bool
	reaches = func(i int) bool {
		if l.Packages[i].Name == name {
			return true
		}
		if seen[i] {
			return false
		}
		seen[i] = true
		return slices.ContainsFunc(l.edges[i], reaches)
	}
	return slices.ContainsFunc(l.byName[p.Name], func(i int) bool { return l.Packages[i].Version == p.Version && reaches(i) })
}

// withoutRevision drops the commit from a git source.
func withoutRevision(source string) string {
	source, _, _ = strings.Cut(source, "#")
	return source
}

// Dependents counts the locked packages that depend on one of that name.
func (l *Lock) Dependents(name string) int {
	l.dependentsOnce.Do(func() {
		l.dependents = map[string]int{}
		for _, p := range l.Packages {
			seen := map[string]bool{}
			for _, d := range p.Dependencies {
				if name, _, _ := strings.Cut(d, " "); !seen[name] {
					seen[name] = true
					l.dependents[name]++
				}
			}
		}
	})
	return l.dependents[name]
}
