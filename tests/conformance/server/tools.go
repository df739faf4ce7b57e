//go:build tools

// The programs that the tier runs, so that go.mod and go.sum hold all that they are built from.
package tools

import (
	_ "go.etcd.io/etcd/server/v3"
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
)
