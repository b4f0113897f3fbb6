import type { ASTNode } from '@marcbachmann/cel-js'
import { asBool, attempt, field, type Machine, type Scope } from './scope.ts'
import {
  CelError,
  isTagged,
  list,
  type MapKey,
  NONE,
  NotChecked,
  noOverload,
  sound,
  spend,
  type Value,
} from './values.ts'

type Call = Extract<ASTNode, { readonly op: 'call' | 'rcall' }>

/** What a macro gives, or undefined for a call that is none. Source: CEL, and cel-go's two-variable comprehensions. */
export function macro(node: Call, scope: Scope, machine: Machine): Value | undefined {
  if (node.op === 'call') {
    const [name, [argument, ...more]] = node.args
    return name === 'has' && argument !== undefined && more.length === 0 ? has(argument, scope, machine) : undefined
  }
  const [name, receiver, args] = node.args
  const loop = loopOf(name, args)
  if (loop !== undefined) return comprehension(name, loop, machine.run(receiver, scope), { scope, machine })
  const [variable, body] = args
  if (
    (name === 'optMap' || name === 'optFlatMap') &&
    args.length === 2 &&
    variable?.op === 'id' &&
    body !== undefined
  ) {
    return optMap(name, machine.run(receiver, scope), { name: variable.args, body }, { scope, machine })
  }
  return undefined
}

function has(node: ASTNode, scope: Scope, machine: Machine): boolean {
  if (node.op !== '.') throw new NotChecked('has of this')
  const [of, name] = node.args
  const value = machine.run(of, scope)
  if (isTagged(value) && value.type === 'optional') {
    return value.value !== undefined && field(sound(value.value), name) !== undefined
  }
  return field(value, name) !== undefined
}

type Around = { readonly scope: Scope; readonly machine: Machine }

function optMap(
  macroName: string,
  value: Value,
  { name, body }: { readonly name: string; readonly body: ASTNode },
  { scope, machine }: Around,
): Value {
  if (!isTagged(value) || value.type !== 'optional') return noOverload(macroName)
  if (value.value === undefined) return NONE
  const found = machine.run(body, { name, value: value.value, outer: scope })
  if (macroName === 'optMap') return { type: 'optional', value: found }
  return isTagged(found) && found.type === 'optional' ? found : noOverload(macroName)
}

type Loop = { readonly names: readonly string[]; readonly body: readonly ASTNode[] }

/** How many variables and how many expressions a comprehension of that name and number of arguments has. */
const SHAPES: Readonly<Record<string, readonly (readonly [names: number, bodies: number])[]>> = {
  all: [
    [1, 1],
    [2, 1],
  ],
  exists: [
    [1, 1],
    [2, 1],
  ],
  exists_one: [
    [1, 1],
    [2, 1],
  ],
  existsOne: [
    [1, 1],
    [2, 1],
  ],
  filter: [[1, 1]],
  map: [
    [1, 1],
    [1, 2],
  ],
  transformList: [
    [2, 1],
    [2, 2],
  ],
  transformMap: [
    [2, 1],
    [2, 2],
  ],
}

function loopOf(name: string, args: readonly ASTNode[]): Loop | undefined {
  const shapes = Object.hasOwn(SHAPES, name) ? (SHAPES[name] ?? []) : []
  const shape = shapes.find(([names, bodies]) => names + bodies === args.length)
  if (shape === undefined) return undefined
  const names = args.slice(0, shape[0]).flatMap((node) => (node.op === 'id' ? [node.args] : []))
  if (names.length !== shape[0]) throw new NotChecked(`${name} without a name for its variable`)
  return { names, body: args.slice(shape[0]) }
}

function comprehension(name: string, { names, body }: Loop, over: Value, around: Around): Value {
  const rounds = roundsOf(over, names.length, around.machine)
  const scopes = rounds.map((values) =>
    names.reduce<Scope>((outer, variable, i) => ({ name: variable, value: values[i] ?? null, outer }), around.scope),
  )
  switch (name) {
    case 'all':
    case 'exists':
      return quantified(name === 'exists', body, scopes, around.machine)
    case 'exists_one':
    case 'existsOne':
      return kept(body, scopes, around.machine).length === 1
    case 'filter':
      return listOver(
        over,
        kept(body, scopes, around.machine).map((i) => sound(rounds[i]?.[0] ?? null)),
      )
    case 'transformMap':
      return transformed(body, scopes, around.machine, over)
    default:
      return listOver(
        over,
        results(body, scopes, around.machine).map(([, value]) => value),
      )
  }
}

/** What is made of a map has no order that could be relied on. */
function listOver(over: Value, items: readonly Value[]): Value {
  const isOrdered = items.length < 2 || (isTagged(over) && over.type === 'list')
  return isOrdered ? list(items) : { type: 'list', items, of: 'merged' }
}

/** The values of the variables, round by round: an item or a key; with two, index and item, or key and value. */
function roundsOf(over: Value, count: number, { budget }: Machine): readonly (readonly Value[])[] {
  if (!isTagged(over)) return noOverload('no list and no map')
  if (over.type === 'list') {
    spend(budget, over.items.length)
    return over.items.map((item, i) => (count === 1 ? [item] : [BigInt(i), item]))
  }
  if (over.type !== 'map') return noOverload('no list and no map')
  spend(budget, over.entries.size)
  return [...over.entries].map(([key, value]) => (count === 1 ? [key] : [key, value]))
}

/** An error counts only when no round decides. */
function quantified(
  decisive: boolean,
  [body]: readonly ASTNode[],
  scopes: readonly Scope[],
  machine: Machine,
): boolean {
  if (body === undefined) return noOverload('no predicate')
  let failure: CelError | undefined
  for (const scope of scopes) {
    const found = attempt(body, scope, machine)
    if (found === decisive) return decisive
    if (found instanceof CelError) failure ??= found
  }
  if (failure !== undefined) throw failure
  return !decisive
}

/** The rounds in which the predicate holds. */
function kept([body]: readonly ASTNode[], scopes: readonly Scope[], machine: Machine): readonly number[] {
  if (body === undefined) return noOverload('no predicate')
  return scopes.flatMap((scope, i) => (asBool(machine.run(body, scope)) ? [i] : []))
}

/** Of the rounds that a first of two expressions keeps, what the last one gives. */
function results(
  body: readonly ASTNode[],
  scopes: readonly Scope[],
  machine: Machine,
): readonly (readonly [round: number, value: Value])[] {
  const [first, second] = body
  const last = second ?? first
  if (last === undefined) return noOverload('no expression')
  return scopes.flatMap((scope, i) => {
    if (second !== undefined && first !== undefined && !asBool(machine.run(first, scope))) return []
    return [[i, machine.run(last, scope)] as const]
  })
}

function transformed(body: readonly ASTNode[], scopes: readonly Scope[], machine: Machine, over: Value): Value {
  if (!isTagged(over) || over.type !== 'map') throw new NotChecked('transformMap of a list')
  const keys = [...over.entries.keys()]
  const entries = new Map<MapKey, Value>()
  for (const [i, value] of results(body, scopes, machine)) entries.set(keys[i] ?? '', value)
  return { type: 'map', entries }
}
