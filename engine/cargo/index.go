package cargo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Cargo keeps what it has read of a registry's index in one file a crate:
//
//	0x03  the layout's version
//	u32   the index format's version, little-endian: 2
//	revision NUL
//	(version NUL json NUL)*
//
// where each json is the line that the index itself has for a version.

const indexHead = "\x03\x02\x00\x00\x00"

// ErrIndex tells that a file is no index entry that can be read: cut off, of
// another layout, or damaged.
var ErrIndex = errors.New("not a readable index entry")

// IndexPath is where the entry of a crate lies below the cache of an index.
func IndexPath(name string) string {
	name = strings.ToLower(name)
	switch len(name) {
	case 0:
		return ""
	case 1:
		return "1/" + name
	case 2:
		return "2/" + name
	case 3:
		return "3/" + name[:1] + "/" + name
	}
	return name[:2] + "/" + name[2:4] + "/" + name
}

// indexed is one line of an index.
type indexed struct {
	Name      string              `json:"name"`
	Vers      string              `json:"vers"`
	Deps      []indexedDep        `json:"deps"`
	Cksum     string              `json:"cksum"`
	Features  map[string][]string `json:"features"`
	Features2 map[string][]string `json:"features2"`
	Links     string              `json:"links"`
	Yanked    bool                `json:"yanked"`
	V         int                 `json:"v"` // of the line's own format
}

// newestIndexFormat is the last format of lines that is understood; cargo too
// passes over versions of a package that are written in a later one.
const newestIndexFormat = 2

type indexedDep struct {
	Name     string   `json:"name"`
	Package  string   `json:"package"`
	Req      string   `json:"req"`
	Kind     string   `json:"kind"`
	Target   string   `json:"target"`
	Optional bool     `json:"optional"`
	Default  bool     `json:"default_features"`
	Features []string `json:"features"`
}

// IndexedVersions lists the versions that a cached index entry has and that are
// not yanked, as they stand there: oldest publication first. With an error come
// those before the damage.
func IndexedVersions(entry []byte) ([]string, error) {
	rest, err := indexBody(entry)
	if err != nil {
		return nil, err
	}
	var versions []string
	for len(rest) > 0 {
		version, after, ok := bytes.Cut(rest, nul)
		if !ok {
			return versions, ErrIndex
		}
		var line []byte
		if line, rest, ok = bytes.Cut(after, nul); !ok {
			return versions, ErrIndex
		}
		if !bytes.Contains(line, []byte(`"yanked":true`)) { // as every index writes it
			versions = append(versions, string(version))
		}
	}
	return versions, nil
}

var nul = []byte{0}

// IndexedSummary reads one version of a cached index entry, and its checksum. It
// gives nil, and no error, when the entry is sound and lacks the version.
func IndexedSummary(entry []byte, version string) (s *Summary, checksum string, err error) {
	rest, err := indexBody(entry)
	if err != nil {
		return nil, "", err
	}
	var line []byte
	if after, first := bytes.CutPrefix(rest, []byte(version+"\x00")); first {
		line = after
	} else if _, after, found := bytes.Cut(rest, []byte("\x00"+version+"\x00")); found {
		line = after
	} else {
		return nil, "", nil
	}
	line, _, ok := bytes.Cut(line, nul)
	if !ok {
		return nil, "", ErrIndex
	}
	var x indexed
	if err := json.Unmarshal(line, &x); err != nil {
		return nil, "", fmt.Errorf("%w: %w", ErrIndex, err)
	}
	if x.Name == "" || x.Vers != version || x.V > newestIndexFormat {
		return nil, "", ErrIndex
	}
	return x.summary(), x.Cksum, nil
}

func indexBody(entry []byte) ([]byte, error) {
	body, ok := bytes.CutPrefix(entry, []byte(indexHead))
	if !ok {
		return nil, ErrIndex
	}
	if _, body, ok = bytes.Cut(body, nul); !ok {
		return nil, ErrIndex
	}
	return body, nil
}

func (x *indexed) summary() *Summary {
	var deps []Dep
	kinds := map[string]Kind{"dev": Dev, "build": Build}
	for _, d := range x.Deps {
		if d.Package == "" {
			d.Package = d.Name
		}
		deps = append(deps, Dep{
			Key: d.Name, Package: d.Package, Req: d.Req, Kind: kinds[d.Kind], Target: d.Target,
			Optional: d.Optional, Default: d.Default, Features: d.Features,
		})
	}
	features := x.Features
	if features == nil {
		features = map[string][]string{}
	}
	for name, values := range x.Features2 {
		features[name] = append(features[name], values...)
	}
	s := NewSummary(x.Name, x.Vers, deps, features)
	s.Links, s.Yanked = x.Links, x.Yanked
	return s
}
