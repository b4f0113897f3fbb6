import { charge } from './charge.ts'
import { compare, equal, number } from './compare.ts'
import { add } from './operators.ts'
import { joined } from './string-functions.ts'
import {
  type Budget,
  CelError,
  type CelList,
  isTagged,
  list,
  NotChecked,
  noOverload,
  sound,
  spend,
  type Value,
} from './values.ts'

/**
 * A function of lists called as `items.name(args)`, or undefined when there is none of that name.
 * Source: k8s.io/apiserver/pkg/cel/library/lists.go and cel-go ext/lists.go.
 */
export function listFunction(name: string, of: CelList, args: readonly Value[], budget: Budget): Value | undefined {
  const { items } = of
  spend(budget, items.length)
  for (const item of items) sound(item)
  switch (name) {
    case 'isSorted':
      return items.every((item, i) => i === 0 || order(items[i - 1] ?? null, item) <= 0)
    case 'sum':
      return sum(items)
    case 'min':
    case 'max':
      return extreme(items, name === 'min' ? -1 : 1)
    case 'indexOf':
      return BigInt(items.findIndex((item) => equal(item, argument(args))))
    case 'lastIndexOf':
      return BigInt(items.findLastIndex((item) => equal(item, argument(args))))
    case 'includes':
      return contains(of, argument(args))
    case 'join':
      return join(items, args)
    case 'distinct':
      return distinct(items, budget)
    case 'reverse':
      return list([...items].reverse())
    case 'slice':
      return slice(items, args)
    default:
      return undefined
  }
}

/** Whether a list holds a value. */
export function contains({ items }: CelList, value: Value): boolean {
  return items.some((item) => equal(sound(item), value))
}

/** Functions over two lists as if they were sets. Source: cel-go ext/sets.go. */
export function setFunction(name: string, args: readonly Value[], budget: Budget): Value | undefined {
  const [left, right] = args
  if (args.length !== 2 || !isTagged(left) || left.type !== 'list' || !isTagged(right) || right.type !== 'list') {
    return noOverload(`sets.${name}`)
  }
  charge(left, budget, right.items.length)
  charge(right, budget, left.items.length)
  switch (name) {
    case 'contains':
      return right.items.every((item) => contains(left, item))
    case 'intersects':
      return right.items.some((item) => contains(left, item))
    case 'equivalent':
      return right.items.every((item) => contains(left, item)) && left.items.every((item) => contains(right, item))
    default:
      return undefined
  }
}

function argument(args: readonly Value[]): Value {
  const [value] = args
  return args.length === 1 && value !== undefined ? value : noOverload('one argument is wanted')
}

function order(a: Value, b: Value): number {
  const found = compare(a, b)
  if (Number.isNaN(found)) throw new NotChecked('NaN')
  return found
}

function sum(items: readonly Value[]): Value {
  const [first, ...rest] = items
  // What nothing adds up to depends on the declared type.
  if (first === undefined) throw new NotChecked('the sum of no items')
  if (number(first) === undefined && !(isTagged(first) && first.type === 'duration')) return noOverload('sum')
  return rest.reduce((total, item) => add(total, item), first)
}

function extreme(items: readonly Value[], sign: number): Value {
  const [first, ...rest] = items
  if (first === undefined) throw new CelError('min or max called on empty list')
  return rest.reduce((best, item) => (order(item, best) * sign > 0 ? item : best), first)
}

function join(items: readonly Value[], args: readonly Value[]): string {
  const [by = ''] = args
  if (typeof by !== 'string' || args.length > 1) return noOverload('join')
  return joined(
    items.map((item) => (typeof item === 'string' ? item : noOverload('join'))),
    by,
  )
}

function distinct(items: readonly Value[], budget: Budget): Value {
  for (const item of items) charge(item, budget, items.length)
  spend(budget, items.length * items.length)
  return list(items.filter((item, i) => !items.slice(0, i).some((other) => equal(other, item))))
}

function slice(items: readonly Value[], args: readonly Value[]): Value {
  const [start, end] = args
  if (typeof start !== 'bigint' || typeof end !== 'bigint' || args.length !== 2) return noOverload('slice')
  if (start < 0n || end > BigInt(items.length) || start > end) throw new CelError('cannot slice')
  return list(items.slice(Number(start), Number(end)))
}
