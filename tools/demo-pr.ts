/**
 * `make demo-pr`: ten pull requests of a shop, each planned by the action of this repository as its runner would, against an
 * embedded cluster, a local chain and a stand-in for the hosting service. Leaves each comment in `out/`: as Markdown, as a page,
 * and where a Chromium is found as pictures, light and dark. Exits 0 when every pull request was told what it should be.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import process from 'node:process'
import { VERDICTS } from './demo-pr/cases.ts'
import { findChromium, screenshot } from './demo-pr/find-chromium.ts'
import { renderPage } from './demo-pr/render-page.ts'
import type { CaseResult } from './demo-pr/run-case.ts'
import { runCases } from './demo-pr/run-cases.ts'

const ROOT = join(import.meta.dirname, '..')
const OUT = join(ROOT, 'out')

async function main(): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'obol-demo-pr-'))
  const chromium = findChromium(process.env)
  mkdirSync(OUT, { recursive: true })
  say(row('', 'pull request', 'verdict', 'exit', 'comment', 'notes', 'seconds'))
  let number = 0
  let isRight = true
  try {
    await runCases(folder, (result) => {
      number += 1
      const wrong = mistakesOf(result)
      isRight &&= wrong.length === 0
      const name = `${String(number).padStart(2, '0')}-${result.name}`
      write(name, result, chromium)
      const length = result.comment === undefined ? 'none' : `${result.comment.length} ch`
      const cells = [result.verdict, String(result.exitCode), length, String(result.annotations.length)] as const
      say(row(name, result.title, ...cells, result.seconds.toFixed(1)))
      for (const mistake of wrong) say(`    ${mistake}`)
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  const pictures =
    chromium === undefined ? 'no pictures: Chromium is not installed (apt-get install chromium)' : 'and pictures'
  say(`\nThe comments are in ${relative(process.cwd(), OUT) || '.'}/: Markdown, pages, ${pictures}.`)
  say(isRight ? 'demo-pr: all went as it should' : 'demo-pr: something is wrong, see above')
  return isRight
}

function write(name: string, { comment, title }: CaseResult, chromium: string | undefined): void {
  const text = comment ?? '*No comment: this pull request changes nothing in cluster and chain.*\n'
  writeFileSync(join(OUT, `${name}.md`), text)
  const page = join(OUT, `${name}.html`)
  writeFileSync(page, renderPage(title, text))
  if (chromium === undefined) return
  for (const theme of ['light', 'dark'] as const) screenshot(chromium, page, join(OUT, `${name}-${theme}.png`), theme)
}

/** What is not as it should be. */
function mistakesOf({ name, verdict, exitCode, complaints }: CaseResult): readonly string[] {
  const expected = VERDICTS[name]
  const told = `${verdict}, exit code ${exitCode}`
  return [...(told === expected ? [] : [`told ${told}; expected ${expected}`]), ...complaints]
}

function row(name: string, title: string, ...cells: readonly string[]): string {
  const [verdict = '', ...rest] = cells
  return [name.padEnd(17), title.padEnd(38), verdict.padEnd(10), ...rest.map((cell) => cell.padStart(8))]
    .join(' ')
    .trimEnd()
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

try {
  process.exitCode = (await main()) ? 0 : 1
} catch (error) {
  process.stderr.write(`demo-pr: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
