package toml

import (
	"encoding/json"
	"io/fs"
	"math"
	"reflect"
	"strconv"
	"strings"
	"testing"

	tomltest "github.com/toml-lang/toml-test/v2"
)

// TestConformance runs the official suite for TOML 1.1, which is what cargo
// reads.
func TestConformance(t *testing.T) {
	files := tomltest.TestCases()
	list, err := fs.ReadFile(files, "files-toml-1.1.0")
	if err != nil {
		t.Fatal(err)
	}
	valid, invalid := 0, 0
	for name := range strings.FieldsSeq(string(list)) {
		if !strings.HasSuffix(name, ".toml") {
			continue
		}
		src, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		d := Parse(string(src))
		if strings.HasPrefix(name, "invalid/") {
			invalid++
			if len(d.Errors) == 0 {
				t.Errorf("%s: no error", name)
			}
			continue
		}
		valid++
		for _, e := range d.Errors {
			t.Errorf("%s: %v", name, e)
		}
		want, err := fs.ReadFile(files, strings.TrimSuffix(name, ".toml")+".json")
		if err != nil {
			t.Fatal(err)
		}
		var tagged any
		if err := json.Unmarshal(want, &tagged); err != nil {
			t.Fatal(err)
		}
		if got := tag(d.Root); !reflect.DeepEqual(got, normal(tagged)) {
			t.Errorf("%s: got %v\nwant %v", name, got, normal(tagged))
		}
	}
	if valid < 200 || invalid < 400 {
		t.Errorf("only %d valid and %d invalid files were tried", valid, invalid)
	}
}

// tag writes a node as the suite's JSON does.
func tag(n *Node) any {
	scalar := func(kind, value string) any { return map[string]any{"type": kind, "value": value} }
	switch n.Kind {
	case Table:
		m := map[string]any{}
		for _, c := range n.Members() {
			m[c.Key.Name] = tag(c)
		}
		return m
	case Array:
		a := []any{}
		for _, c := range n.Items() {
			a = append(a, tag(c))
		}
		return a
	case String:
		return scalar("string", n.Value.Str)
	case Boolean:
		return scalar("bool", n.Value.Str)
	case Integer:
		i, _ := strconv.ParseInt(strings.ReplaceAll(n.Value.Str, "_", ""), 0, 64)
		if plain := strings.TrimLeft(n.Value.Str, "+-"); !strings.ContainsAny(plain, "xob") {
			i, _ = strconv.ParseInt(strings.ReplaceAll(n.Value.Str, "_", ""), 10, 64)
		}
		return scalar("integer", strconv.FormatInt(i, 10))
	case Float:
		return scalar("float", floatText(n.Value.Str))
	case Datetime:
		return anyDate
	}
	return nil
}

func floatText(s string) string {
	f, _ := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64)
	if math.IsNaN(f) || strings.HasSuffix(s, "nan") {
		return "nan"
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

// normal brings the suite's numbers into one form; dates, which the tree keeps as
// written, are not compared.
func normal(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = normal(v[i])
		}
	case map[string]any:
		kind, isScalar := v["type"].(string)
		if value, ok := v["value"].(string); ok && isScalar && len(v) == 2 {
			switch {
			case kind == "float":
				v["value"] = floatText(value)
			case strings.HasPrefix(kind, "date") || strings.HasPrefix(kind, "time"):
				return anyDate
			}
			return v
		}
		for k := range v {
			v[k] = normal(v[k])
		}
	}
	return v
}

var anyDate any = map[string]any{"type": "datetime"}
