import type { ASTNode } from '@marcbachmann/cel-js'
import { callFunction } from './call-function.ts'
import { charge } from './charge.ts'
import { contains } from './list-functions.ts'
import { macro } from './macros.ts'
import { binary, uint } from './operators.ts'
import { asBool, attempt, field, type Machine, type Scope } from './scope.ts'
import {
  type Budget,
  CelError,
  int64,
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

/**
 * The value of a parsed expression, by the rules of cel-go at run time: types are those of the values, since the API server
 * takes no CRD whose expressions have wrong types. Throws CelError for an error of CEL's own, NotChecked for what is not
 * known here.
 */
export function evaluate(node: ASTNode, scope: Scope, budget: Budget): Value {
  const machine: Machine = { budget, run: (inner, around) => run(inner, around, machine) }
  return machine.run(node, scope)
}

function run(node: ASTNode, scope: Scope, machine: Machine): Value {
  spend(machine.budget, 1)
  const value = valueAt(node, scope, machine)
  return sound(value)
}

function valueAt(node: ASTNode, scope: Scope, machine: Machine): Value {
  const { run: inner, budget } = machine
  switch (node.op) {
    case 'value':
      return literal(node.args)
    case 'id':
      return variable(node.args, scope)
    case '.':
      return select(inner(node.args[0], scope), node.args[1], false)
    case '.?':
      return select(inner(node.args[0], scope), node.args[1], true)
    case '[]':
      return index(inner(node.args[0], scope), inner(node.args[1], scope), false)
    case '[?]':
      return index(inner(node.args[0], scope), inner(node.args[1], scope), true)
    case '&&':
      return logical(node.args, false, scope, machine)
    case '||':
      return logical(node.args, true, scope, machine)
    case '?:':
      return inner(asBool(inner(node.args[0], scope)) ? node.args[1] : node.args[2], scope)
    case '!_':
      return !asBool(inner(node.args, scope))
    case '-_':
      return negative(inner(node.args, scope))
    case 'list':
      return list(node.args.map((item) => inner(item, scope)))
    case 'map':
      return mapOf(node.args, scope, machine)
    case 'in':
      return isIn(inner(node.args[0], scope), inner(node.args[1], scope), budget)
    case 'call':
    case 'rcall':
      return macro(node, scope, machine) ?? callFunction(node, scope, machine)
    default:
      return operation(node.op, inner(node.args[0], scope), inner(node.args[1], scope), budget)
  }
}

function literal(value: unknown): Value {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'bigint') return int64(value)
  if (typeof value === 'number') return value
  if (value instanceof Uint8Array) return { type: 'bytes', value }
  // The parser's own class for these is not exported.
  if (typeof value === 'object' && 'value' in value && typeof value.value === 'bigint') return uint(value.value)
  throw new NotChecked('a literal of this kind')
}

const TYPES: ReadonlySet<string> = new Set([
  'bool',
  'bytes',
  'double',
  'int',
  'list',
  'map',
  'null_type',
  'string',
  'type',
  'uint',
])

function variable(name: string, scope: Scope): Value {
  for (let at = scope; at !== undefined; at = at.outer) if (at.name === name) return at.value
  if (TYPES.has(name)) return { type: 'type', name }
  throw new NotChecked(`the variable ${name}`)
}

function negative(value: Value): Value {
  if (typeof value === 'bigint') return int64(-value)
  return typeof value === 'number' ? -value : noOverload('-')
}

/** One side that decides wins over an error of the other. */
function logical([left, right]: readonly [ASTNode, ASTNode], decisive: boolean, scope: Scope, machine: Machine): Value {
  const first = attempt(left, scope, machine)
  if (first === decisive) return decisive
  const second = attempt(right, scope, machine)
  if (second === decisive) return decisive
  for (const side of [first, second]) if (side instanceof CelError) throw side
  return !decisive
}

function operation(op: string, left: Value, right: Value, budget: Budget): Value {
  charge(left, budget)
  charge(right, budget, isTagged(left) && left.type === 'list' && left.of !== undefined ? left.items.length : 1)
  return binary(op, left, right)
}

function select(value: Value, name: string, isOptional: boolean): Value {
  if (isTagged(value) && value.type === 'optional') {
    return value.value === undefined ? NONE : optional(field(sound(value.value), name))
  }
  const found = field(value, name)
  if (isOptional) return optional(found)
  if (found === undefined) throw new CelError(`no such key: ${name}`)
  return found
}

function optional(value: Value | undefined): Value {
  return value === undefined ? NONE : { type: 'optional', value: sound(value) }
}

function index(value: Value, key: Value, isOptional: boolean): Value {
  if (isTagged(value) && value.type === 'optional')
    return value.value === undefined ? NONE : optional(item(sound(value.value), key))
  const found = item(value, key)
  if (isOptional) return optional(found)
  if (found === undefined) throw new CelError('no such key, or index out of bounds')
  return found
}

function item(value: Value, key: Value): Value | undefined {
  if (isTagged(value) && value.type === 'list') {
    if (typeof key !== 'bigint') throw new NotChecked('an index that is no int')
    return key < 0n ? undefined : value.items[Number(key)]
  }
  return field(value, mapKey(key))
}

function mapKey(key: Value): MapKey {
  if (typeof key === 'string' || typeof key === 'bigint' || typeof key === 'boolean') return key
  throw new NotChecked('a key of this type')
}

function mapOf(pairs: readonly (readonly [ASTNode, ASTNode])[], scope: Scope, machine: Machine): Value {
  const entries = new Map<MapKey, Value>()
  for (const [key, value] of pairs) {
    const name = mapKey(machine.run(key, scope))
    if (entries.has(name)) throw new CelError('a key twice')
    entries.set(name, machine.run(value, scope))
  }
  return { type: 'map', entries }
}

function isIn(value: Value, among: Value, budget: Budget): boolean {
  if (!isTagged(among)) return noOverload('in')
  if (among.type === 'map') return among.entries.has(mapKey(value))
  if (among.type !== 'list') return noOverload('in')
  spend(budget, among.items.length)
  charge(among, budget)
  return contains(among, value)
}
