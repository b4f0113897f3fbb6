/**
 * Runs the tests: `node tools/test.ts [GLOB…]`, by default every `test/**\/*.test.ts`.
 * Fails when nothing matched or ran (node's own runner passes then) and, with CI=true, when a test was skipped.
 * SIDE EFFECTS: starts one process per test file; prints the spec report and one closing line.
 */
import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'

const MINUTES = 60_000

type Counts = { readonly tests: number; readonly passed: number; readonly skipped: number }

function testFiles(patterns: readonly string[]): readonly string[] {
  return patterns
    .flatMap((pattern) => globSync(pattern))
    .filter((path) => path.endsWith('.test.ts') && statSync(path).isFile())
}

function verdict(files: number, counts: Counts | undefined, failed: number): string | undefined {
  if (files === 0) return 'no test file matched'
  if (counts === undefined || counts.tests === 0) return 'no test ran'
  if (failed > 0) return `${failed} failed`
  if (process.env['CI'] === 'true' && counts.skipped > 0)
    return `${counts.skipped} skipped, which CI=true does not allow`
  return undefined
}

async function runTests(files: readonly string[]): Promise<string | undefined> {
  let counts: Counts | undefined
  let failed = 0
  if (files.length > 0) {
    const events = run({
      files: files.map((file) => join(process.cwd(), file)),
      concurrency: true,
      timeout: 5 * MINUTES,
    })
    events.on('test:fail', () => {
      failed += 1
    })
    events.on('test:summary', (summary) => {
      if (summary.file === undefined) counts = summary.counts
    })
    for await (const chunk of events.compose(spec)) process.stdout.write(String(chunk))
  }
  return verdict(files.length, counts, failed)
}

const patterns = process.argv.length > 2 ? process.argv.slice(2) : ['test/**/*.test.ts']
const files = testFiles(patterns)
const problem = await runTests(files)
console.log(problem === undefined ? `tests: ${files.length} files passed` : `tests: ${problem}`)
process.exitCode = problem === undefined ? 0 : 1
