/**
 * Writes docs/errors.md from the error catalogue; with `--check` only says whether it is stale (exit code 1).
 * SIDE EFFECTS: writes docs/errors.md.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { CATALOGUE, type Subject } from '../src/errors/catalogue.ts'
import type { Descriptor } from '../src/errors/descriptor.ts'

const FILE = join(import.meta.dirname, '..', 'docs', 'errors.md')

const HEAD = `# Errors

Every error that \`obol\` reports has a code. This page is made from the catalogue in \`src/errors/\` by \`make gen\`.
With \`--json\` an error is \`{"error":{"code","message","where","details","hint","retryable","exitCode"}}\` on stdout.

| exit code | meaning |
|---|---|
| 0 | done, or nothing to do |
| 1 | error |
| 2 | changes pending, with \`--exit-code\` only |
| 3 | applied in part |
| 4 | conflicts that need a decision |
| 5 | the saved plan is stale or used |
| 6 | refused by a safety rule |
| 64 | usage |
| 130 | interrupted |
`

/** The whole page as Markdown. */
export function errorsDoc(catalogue: readonly Subject[]): string {
  return [HEAD, ...catalogue.map(subjectSection)].join('\n')
}

function subjectSection({ title, letter, errors }: Subject): string {
  const sorted = errors.toSorted((a, b) => (a.code < b.code ? -1 : 1))
  return [`## ${title} (OBOL-${letter}…)\n`, ...sorted.map(errorSection)].join('\n')
}

function errorSection({ code, title, exitCode, hint, retryable, explanation }: Descriptor): string {
  const facts = [
    `Exit code ${exitCode}.`,
    ...(retryable === true ? ['The same call may succeed later.'] : []),
    ...(hint === undefined ? [] : [`Next: \`${hint.replaceAll('`', "'")}\``]),
  ]
  return `### ${code}: ${title}\n\n${explanation}\n\n${facts.join(' ')}\n`
}

if (import.meta.main) {
  const text = errorsDoc(CATALOGUE)
  if (!process.argv.includes('--check')) writeFileSync(FILE, text)
  else if (readFileSync(FILE, 'utf8') !== text) {
    console.error('docs/errors.md is stale. Next: make gen')
    process.exitCode = 1
  }
}
