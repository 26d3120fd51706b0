package runtimes

import (
	"fmt"
	"strings"
	"sync"
)

// Shape is what is known of a type or function beyond its gate: see the head of
// types.txt. Of a type, Generics are its parameters.
type Shape struct {
	Path               string // below the crate
	Type, Trait        bool
	Generics           []string
	Deref, Await, Each string
	Arguments, Returns string
	On                 string // of a method: what it is for, where that is less than its type
}

// shapes holds those of each package by their paths.
var shapes = sync.OnceValue(func() map[string]map[string]*Shape {
	text, err := data.ReadFile("data/types.txt")
	if err != nil {
		panic(err)
	}
	all, err := parseShapes(string(text))
	if err != nil {
		panic(err)
	}
	return all
})

// FindShape finds what is known of an item of a package, "std" being the standard
// library; nil when nothing is.
func FindShape(pkg, path string) *Shape { return shapes()[pkg][path] }

func parseShapes(text string) (map[string]map[string]*Shape, error) {
	all := map[string]map[string]*Shape{}
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		kind, rest, _ := strings.Cut(line, " ")
		switch kind {
		case "", "#":
			continue
		case "type", "fn", "trait":
		case "part":
			pkg, rest, ok := strings.Cut(rest, "::")
			path, typ, typed := strings.Cut(rest, " ")
			if !ok || !typed || all[pkg] == nil {
				return nil, fmt.Errorf("types.txt:%d: %q", number, line)
			}
			all[pkg][path] = &Shape{Path: path, Returns: typ}
			continue
		case "alias":
			pkg, names, ok := strings.Cut(rest, "::")
			name, of, named := strings.Cut(names, " = ")
			if !ok || !named || all[pkg][of] == nil {
				return nil, fmt.Errorf("types.txt:%d: %q", number, line)
			}
			all[pkg][name] = all[pkg][of]
			continue
		default:
			return nil, fmt.Errorf("types.txt:%d: neither type, trait, alias nor fn", number)
		}
		pkg, rest, ok := strings.Cut(rest, "::")
		s, names, shaped := parseShape(kind, rest)
		if !ok || !shaped {
			return nil, fmt.Errorf("types.txt:%d: %q", number, line)
		}
		if all[pkg] == nil {
			all[pkg] = map[string]*Shape{}
		}
		for _, name := range names {
			one := s
			one.Path = name
			all[pkg][name] = &one
			if last := name[strings.LastIndex(name, "::")+1:]; pkg == "std" && s.Type && all[pkg][strings.TrimPrefix(last, ":")] == nil {
				all[pkg][strings.TrimPrefix(last, ":")] = &one
			}
		}
	}
	return all, nil
}

// parseShape reads what stands behind the package of a line, and the paths that it
// speaks of.
func parseShape(kind, rest string) (s Shape, names []string, ok bool) {
	path := rest
	switch kind {
	case "trait":
		s.Type, s.Trait = true, true
	case "type":
		s.Type = true
		end := len(rest)
		for word, to := range map[string]*string{"deref": &s.Deref, "await": &s.Await, "each": &s.Each} {
			if i := strings.LastIndex(rest, " "+word+" "); i >= 0 {
				value := rest[i+len(word)+2:]
				for _, other := range []string{" deref ", " await ", " each "} {
					value, _, _ = strings.Cut(value, other)
				}
				*to, end = value, min(end, i)
			}
		}
		var generics string
		path, generics, _ = strings.Cut(rest[:end], "<")
		if generics = strings.TrimSuffix(generics, ">"); generics != "" {
			s.Generics = strings.Split(generics, ", ")
		}
	default:
		open := strings.Index(rest, "(")
		arrow := strings.LastIndex(rest, ") -> ")
		if open < 0 || arrow < open {
			return s, nil, false
		}
		path, s.Arguments, s.Returns = rest[:open], rest[open+1:arrow], rest[arrow+len(") -> "):]
		if on, ok := strings.CutPrefix(s.Arguments, "self "); ok {
			s.On, s.Arguments, _ = strings.Cut(on, "; ")
		}
	}
	prefix, choice, several := strings.Cut(path, "{")
	if !several {
		return s, []string{path}, path != ""
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(choice, "}"), ", ") {
		names = append(names, prefix+name)
	}
	return s, names, true
}
