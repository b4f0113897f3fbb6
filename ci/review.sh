#!/bin/sh
# Plans the change that is checked out in the current folder, by `obol review`. What to do is said by variables, all of them
# optional: see docs/pull-requests.md. Needs a checkout of obol that was built (`make build`), and the base's commit.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
set -- review

# With a way to the cluster it is asked; without one, as in a pull request from a fork, the snapshot is.
if [ -n "${OBOL_KUBECONFIG:-}" ]; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  trap 'exit 130' INT TERM HUP
  (umask 077 && printf '%s\n' "$OBOL_KUBECONFIG" > "$folder/kubeconfig")
  # Not as a flag: hints would name a file that is gone.
  export KUBECONFIG="$folder/kubeconfig"
elif [ -z "${KUBECONFIG:-}" ] && [ -n "${OBOL_SNAPSHOT:-}" ]; then
  set -- "$@" --snapshot "$OBOL_SNAPSHOT"
fi

if [ "${OBOL_WORKSPACE:-.}" != . ]; then set -- "$@" --workspace "$OBOL_WORKSPACE"; fi
if [ -n "${OBOL_BASE:-}" ]; then set -- "$@" --base "$OBOL_BASE"; fi
if [ -n "${OBOL_FAIL_ON:-}" ]; then set -- "$@" --fail-on "$OBOL_FAIL_ON"; fi
if [ -n "${OBOL_COMMENT_KEY:-}" ]; then set -- "$@" --comment-key "$OBOL_COMMENT_KEY"; fi
if [ -n "${OBOL_OUTPUT_DIR:-}" ]; then set -- "$@" --output-dir "$OBOL_OUTPUT_DIR"; fi
if [ "${OBOL_PRUNE:-}" = true ]; then set -- "$@" --prune; fi
if [ "${OBOL_COMMENT:-}" = false ]; then set -- "$@" --no-comment; fi

# The text has done its work: what obol starts need not see it.
unset OBOL_KUBECONFIG
"$root/ci/bin/obol" "$@"
