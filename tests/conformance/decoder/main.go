// Command decoder reads YAML as kubectl reads a file given by -f, so that tests in Python can ask what a manifest means.
//
// Each line of standard input is the base64 of one file. Each line of standard output is the answer to it, in the same
// order: {"documents": [...]} or {"error": "..."}. Empty documents are left out, as kubectl leaves them out.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// What kubectl gives to NewYAMLOrJSONDecoder: so far it looks for the brace of a JSON stream.
const lookAhead = 4096

type answer struct {
	Documents []json.RawMessage `json:"documents"`
	Error     string            `json:"error,omitempty"`
}

func main() {
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	encoder := json.NewEncoder(out)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) == 0 && err == io.EOF {
			break
		}
		if err != nil && err != io.EOF {
			fail(err)
		}
		text, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(line)))
		if err != nil {
			fail(err)
		}
		if err := encoder.Encode(decoded(text)); err != nil {
			fail(err)
		}
	}
	if err := out.Flush(); err != nil {
		fail(err)
	}
}

// decoded follows FileVisitor and StreamVisitor of k8s.io/cli-runtime/pkg/resource/visitor.go.
func decoded(text []byte) (found answer) {
	defer func() {
		if cause := recover(); cause != nil {
			found = answer{Documents: []json.RawMessage{}, Error: fmt.Sprint("panic: ", cause)}
		}
	}()
	found.Documents = []json.RawMessage{}
	reader := transform.NewReader(bytes.NewReader(text), unicode.BOMOverride(unicode.UTF8.NewDecoder()))
	decoder := yaml.NewYAMLOrJSONDecoder(reader, lookAhead)
	for {
		var document json.RawMessage
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			found.Error = err.Error()
			return found
		}
		document = bytes.TrimSpace(document)
		if len(document) > 0 && !bytes.Equal(document, []byte("null")) {
			found.Documents = append(found.Documents, document)
		}
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
