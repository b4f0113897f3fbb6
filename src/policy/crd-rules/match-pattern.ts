import { type Assertion, type CharTest, type Pattern, parsePattern } from './pattern.ts'
import { type Budget, NotChecked, spend } from './values.ts'

type Step =
  | { readonly op: 'char'; readonly test: CharTest }
  | { op: 'split'; first: number; second: number }
  | { op: 'jump'; to: number }
  | { readonly op: 'assert'; readonly what: Assertion }
  | { readonly op: 'match' }

type Program = readonly Step[]
/** Positions of characters; the end is behind the last one. */
export type Found = { readonly start: number; readonly end: number }

const MOST_STEPS = 3_000
const programs = new Map<string, Program>()

/**
 * The first match of a regular expression (RE2's syntax) at or after a character, or undefined. Takes time in proportion to
 * text × pattern, whatever the pattern: all ways are walked side by side. Throws NotChecked for a pattern that is not known.
 */
export function findPattern(pattern: string, text: readonly string[], from: number, budget: Budget): Found | undefined {
  const program = programOf(pattern)
  spend(budget, 1 + Math.ceil(((text.length - from + 1) * program.length) / 20))
  const codes = text.map((letter) => letter.codePointAt(0) ?? 0)
  return walk(program, codes, from)
}

function programOf(pattern: string): Program {
  const known = programs.get(pattern)
  if (known !== undefined) return known
  const steps: Step[] = []
  emit(parsePattern(pattern), steps)
  steps.push({ op: 'match' })
  if (programs.size >= 200) programs.clear()
  programs.set(pattern, steps)
  return steps
}

function emit(pattern: Pattern, steps: Step[]): void {
  if (steps.length > MOST_STEPS) throw new NotChecked('a pattern that is too large')
  switch (pattern.is) {
    case 'char':
      steps.push({ op: 'char', test: pattern.test })
      return
    case 'assert':
      steps.push({ op: 'assert', what: pattern.what })
      return
    case 'all':
      for (const part of pattern.parts) emit(part, steps)
      return
    case 'any':
      emitChoice(pattern.parts, steps)
      return
    case 'repeat':
      emitRepeat(pattern, steps)
  }
}

function emitChoice(parts: readonly Pattern[], steps: Step[]): void {
  const jumps: { op: 'jump'; to: number }[] = []
  for (const [i, part] of parts.entries()) {
    if (i === parts.length - 1) {
      emit(part, steps)
      continue
    }
    const split = { op: 'split' as const, first: steps.length + 1, second: 0 }
    steps.push(split)
    emit(part, steps)
    const jump = { op: 'jump' as const, to: 0 }
    jumps.push(jump)
    steps.push(jump)
    split.second = steps.length
  }
  for (const jump of jumps) jump.to = steps.length
}

function emitRepeat({ part, min, max, lazy }: Extract<Pattern, { is: 'repeat' }>, steps: Step[]): void {
  for (let i = 0; i < min; i += 1) emit(part, steps)
  if (max === Infinity) {
    const split = branch(steps)
    emit(part, steps)
    steps.push({ op: 'jump', to: split.at })
    settle(split.step, split.at + 1, steps.length, lazy)
    return
  }
  const splits = []
  for (let i = min; i < max; i += 1) {
    splits.push(branch(steps))
    emit(part, steps)
  }
  for (const { step, at } of splits) settle(step, at + 1, steps.length, lazy)
}

type Split = { op: 'split'; first: number; second: number }

function branch(steps: Step[]): { readonly step: Split; readonly at: number } {
  const step: Split = { op: 'split', first: 0, second: 0 }
  steps.push(step)
  return { step, at: steps.length - 1 }
}

function settle(step: Split, into: number, past: number, lazy: boolean): void {
  step.first = lazy ? past : into
  step.second = lazy ? into : past
}

type Thread = { readonly at: number; readonly start: number }

function walk(program: Program, codes: readonly number[], from: number): Found | undefined {
  let found: Found | undefined
  let threads: readonly Thread[] = []
  for (let at = from; at <= codes.length; at += 1) {
    const here: Walk = { program, codes, at, marks: new Uint8Array(program.length), ready: [] }
    for (const thread of threads) follow(here, thread)
    // A match that starts here comes after those that started before.
    if (found === undefined) follow(here, { at: 0, start: at })
    const ended = here.ready.findIndex((thread) => program[thread.at]?.op === 'match')
    const winner = here.ready[ended]
    if (winner !== undefined) found = { start: winner.start, end: at }
    // What is behind a match is less preferred than it.
    threads = advance(here, winner === undefined ? here.ready : here.ready.slice(0, ended))
    if (threads.length === 0 && found !== undefined) break
  }
  return found
}

/** The threads that take the character here. */
function advance({ program, codes, at }: Walk, ready: readonly Thread[]): readonly Thread[] {
  const code = codes[at]
  if (code === undefined) return []
  return ready.flatMap((thread) => {
    const step = program[thread.at]
    return step?.op === 'char' && step.test(code) ? [{ at: thread.at + 1, start: thread.start }] : []
  })
}

type Walk = {
  readonly program: Program
  readonly codes: readonly number[]
  readonly at: number
  readonly marks: Uint8Array
  readonly ready: Thread[]
}

/** Goes on without taking a character, the preferred way first. */
function follow({ program, codes, at, marks, ready }: Walk, thread: Thread): void {
  const waiting = [thread.at]
  for (let where = waiting.pop(); where !== undefined; where = waiting.pop()) {
    if (marks[where] === 1) continue
    marks[where] = 1
    const step = program[where]
    if (step?.op === 'jump') waiting.push(step.to)
    else if (step?.op === 'split') waiting.push(step.second, step.first)
    else if (step?.op === 'assert') {
      if (holds(step.what, codes, at)) waiting.push(where + 1)
    } else ready.push({ at: where, start: thread.start })
  }
}

function holds(what: Assertion, codes: readonly number[], at: number): boolean {
  switch (what) {
    case 'start':
      return at === 0
    case 'end':
      return at === codes.length
    case 'line-start':
      return at === 0 || codes[at - 1] === 0x0a
    case 'line-end':
      return at === codes.length || codes[at] === 0x0a
    case 'boundary':
      return isWord(codes[at - 1]) !== isWord(codes[at])
    case 'no-boundary':
      return isWord(codes[at - 1]) === isWord(codes[at])
  }
}

function isWord(code: number | undefined): boolean {
  return code !== undefined && /\w/.test(String.fromCodePoint(code))
}
