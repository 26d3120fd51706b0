package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
)

// formatVersion is the rustdoc JSON format that the types below follow.
const formatVersion = 57

type id int

// rustdoc is the part of rustdoc's JSON output that is read here.
type rustdoc struct {
	Format   int              `json:"format_version"`
	Root     id               `json:"root"`
	Index    map[id]*item     `json:"index"`
	Paths    map[id]*summary  `json:"paths"`
	External map[int]external `json:"external_crates"`
}

type external struct {
	Name string `json:"name"`
}

// summary is where an item was defined, through private modules as well.
type summary struct {
	Crate int      `json:"crate_id"`
	Path  []string `json:"path"`
	Kind  string   `json:"kind"`
}

type item struct {
	ID         id              `json:"id"`
	Name       string          `json:"name"`
	Span       *span           `json:"span"`
	Visibility json.RawMessage `json:"visibility"`
	Attrs      []attr          `json:"attrs"`
	Inner      inner           `json:"inner"`
}

// public reports whether the item is pub, or as visible as what holds it (a
// variant, an item of a trait).
func (it *item) public() bool {
	v := string(it.Visibility)
	return v == `"public"` || v == `"default"`
}

// hidden reports whether the documentation leaves the item out.
func (it *item) hidden() bool { return slices.Contains(it.Attrs, "#[doc(hidden)]") }

type span struct {
	File  string   `json:"filename"`
	Begin position `json:"begin"`
	End   position `json:"end"`
}

// position is a line and a column.
type position [2]int

func (p position) before(o position) bool {
	return p[0] < o[0] || p[0] == o[0] && p[1] < o[1]
}

// attr is the text of an attribute; the kinds that rustdoc writes as objects
// of their own (must_use, repr …) say nothing here and are left empty.
type attr string

func (a *attr) UnmarshalJSON(data []byte) error {
	var other struct{ Other string }
	if data[0] == '{' {
		err := json.Unmarshal(data, &other)
		*a = attr(other.Other)
		return err
	}
	return json.Unmarshal(data, (*string)(a))
}

// inner is a tagged union: the one field that is set tells the kind.
type inner struct {
	Module     *module         `json:"module"`
	Use        *use            `json:"use"`
	Struct     *structType     `json:"struct"`
	Union      *aggregate      `json:"union"`
	Enum       *enum           `json:"enum"`
	Trait      *trait          `json:"trait"`
	Impl       *impl           `json:"impl"`
	Function   *function       `json:"function"`
	Variant    json.RawMessage `json:"variant"`
	Field      json.RawMessage `json:"struct_field"`
	TypeAlias  json.RawMessage `json:"type_alias"`
	Constant   json.RawMessage `json:"constant"`
	Static     json.RawMessage `json:"static"`
	AssocConst json.RawMessage `json:"assoc_const"`
	Macro      json.RawMessage `json:"macro"`
	ProcMacro  *procMacro      `json:"proc_macro"`
	TraitAlias json.RawMessage `json:"trait_alias"`
	Crate      *externCrate    `json:"extern_crate"`
}

type module struct {
	Items []id `json:"items"`
}

type use struct {
	Source string `json:"source"`
	Name   string `json:"name"`
	ID     *id    `json:"id"`
	Glob   bool   `json:"is_glob"`
}

type externCrate struct {
	Name   string  `json:"name"`
	Rename *string `json:"rename"`
}

type procMacro struct {
	Kind string `json:"kind"`
}

type structType struct {
	Kind  json.RawMessage `json:"kind"`
	Impls []id            `json:"impls"`
}

// fields are the named fields of the struct.
func (s *structType) fields() []id {
	var kind struct {
		Plain struct {
			Fields []id `json:"fields"`
		} `json:"plain"`
	}
	if s.Kind[0] == '{' && json.Unmarshal(s.Kind, &kind) == nil {
		return kind.Plain.Fields
	}
	return nil
}

type aggregate struct {
	Impls []id `json:"impls"`
}

type enum struct {
	Variants []id `json:"variants"`
	Impls    []id `json:"impls"`
}

type trait struct {
	Items []id `json:"items"`
}

type impl struct {
	Trait     *path `json:"trait"`
	For       *typ  `json:"for"`
	Items     []id  `json:"items"`
	Synthetic bool  `json:"is_synthetic"`
	Negative  bool  `json:"is_negative"`
	Blanket   *typ  `json:"blanket_impl"`
}

type function struct {
	Sig    signature `json:"sig"`
	Header struct {
		Async bool `json:"is_async"`
	} `json:"header"`
}

type signature struct {
	Output *typ `json:"output"`
}

// path names a type or trait, with what stands in its angle brackets.
type path struct {
	Path string       `json:"path"`
	ID   id           `json:"id"`
	Args *genericArgs `json:"args"`
}

type genericArgs struct {
	Angle *struct {
		Args        []genericArg `json:"args"`
		Constraints []constraint `json:"constraints"`
	} `json:"angle_bracketed"`
	Paren *struct {
		Inputs []*typ `json:"inputs"`
		Output *typ   `json:"output"`
	} `json:"parenthesized"`
}

type genericArg struct {
	Type  *typ `json:"type"`
	Const *struct {
		Expr string `json:"expr"`
	} `json:"const"`
}

func (a *genericArg) UnmarshalJSON(data []byte) error {
	if data[0] != '{' {
		return nil // "infer"
	}
	type plain genericArg
	return json.Unmarshal(data, (*plain)(a))
}

type constraint struct {
	Name    string `json:"name"`
	Binding struct {
		Equality *struct {
			Type *typ `json:"type"`
		} `json:"equality"`
	} `json:"binding"`
}

type bound struct {
	Trait *struct {
		Trait *path `json:"trait"`
	} `json:"trait_bound"`
}

func (b *bound) UnmarshalJSON(data []byte) error {
	if data[0] != '{' {
		return nil
	}
	type plain bound
	return json.Unmarshal(data, (*plain)(b))
}

// typ is a type expression, tagged like inner.
type typ struct {
	Path      *path   `json:"resolved_path"`
	Generic   string  `json:"generic"`
	Primitive string  `json:"primitive"`
	Tuple     *[]*typ `json:"tuple"`
	Slice     *typ    `json:"slice"`
	Array     *struct {
		Type *typ   `json:"type"`
		Len  string `json:"len"`
	} `json:"array"`
	Impl     []bound         `json:"impl_trait"`
	Function json.RawMessage `json:"function_pointer"`
	Dyn      *struct {
		Traits []struct {
			Trait *path `json:"trait"`
		} `json:"traits"`
	} `json:"dyn_trait"`
	Pointer *struct {
		Mutable bool `json:"is_mutable"`
		Type    *typ `json:"type"`
	} `json:"raw_pointer"`
	Ref *struct {
		Mutable bool `json:"is_mutable"`
		Type    *typ `json:"type"`
	} `json:"borrowed_ref"`
	Qualified *struct {
		Name  string `json:"name"`
		Self  *typ   `json:"self_type"`
		Trait *path  `json:"trait"`
	} `json:"qualified_path"`
}

func (t *typ) UnmarshalJSON(data []byte) error {
	if data[0] != '{' {
		return nil // "infer"
	}
	type plain typ
	return json.Unmarshal(data, (*plain)(t))
}

// paths calls f for each path in the type.
func (t *typ) paths(f func(*path)) {
	if t == nil {
		return
	}
	switch {
	case t.Path != nil:
		t.Path.paths(f)
	case t.Tuple != nil:
		for _, x := range *t.Tuple {
			x.paths(f)
		}
	case t.Slice != nil:
		t.Slice.paths(f)
	case t.Array != nil:
		t.Array.Type.paths(f)
	case t.Pointer != nil:
		t.Pointer.Type.paths(f)
	case t.Ref != nil:
		t.Ref.Type.paths(f)
	case t.Dyn != nil:
		for _, x := range t.Dyn.Traits {
			x.Trait.paths(f)
		}
	case t.Qualified != nil:
		t.Qualified.Self.paths(f)
	}
}

func (p *path) paths(f func(*path)) {
	f(p)
	if p.Args == nil {
		return
	}
	if a := p.Args.Paren; a != nil {
		for _, x := range append(a.Inputs, a.Output) {
			x.paths(f)
		}
	}
	if a := p.Args.Angle; a != nil {
		for _, x := range a.Args {
			x.Type.paths(f)
		}
		for _, c := range a.Constraints {
			if c.Binding.Equality != nil {
				c.Binding.Equality.Type.paths(f)
			}
		}
	}
}

func readRustdoc(file string) (*rustdoc, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var r rustdoc
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if r.Format != formatVersion {
		return nil, fmt.Errorf("%s: rustdoc JSON format %d, this generator reads %d", file, r.Format, formatVersion)
	}
	return &r, nil
}
