import type { ASTNode } from '@marcbachmann/cel-js'
import { charge } from './charge.ts'
import { globalFunction, sizeOfValue } from './conversions.ts'
import { listFunction, setFunction } from './list-functions.ts'
import { cidrFunction, ipFunction, urlFunction } from './network.ts'
import { quantityFunction } from './quantity.ts'
import { isVariable, type Machine, type Scope } from './scope.ts'
import { stringFunction } from './string-functions.ts'
import { durationPart, timestampPart } from './time.ts'
import { CelError, isTagged, NONE, NotChecked, noOverload, type Tagged, type Value } from './values.ts'

type Call = Extract<ASTNode, { readonly op: 'call' | 'rcall' }>

/** What a call gives that is no macro. Throws NotChecked for a function that is not known here. */
export function callFunction(node: Call, scope: Scope, machine: Machine): Value {
  const found = node.op === 'call' ? callGlobal(node, scope, machine) : callMember(node, scope, machine)
  if (found === undefined) throw new NotChecked(`the function ${node.args[0]}`)
  return found
}

function callGlobal(node: Extract<Call, { readonly op: 'call' }>, scope: Scope, machine: Machine): Value | undefined {
  const [name, args] = node.args
  const [argument, ...more] = args
  if (argument === undefined || more.length > 0) return undefined
  return globalFunction(name, runCharged(argument, scope, machine))
}

function callMember(node: Extract<Call, { readonly op: 'rcall' }>, scope: Scope, machine: Machine): Value | undefined {
  const [name, receiver, args] = node.args
  if (receiver.op === 'id' && !isVariable(receiver.args, scope)) {
    const values = args.map((argument) => runCharged(argument, scope, machine))
    return qualified(receiver.args, name, values, machine)
  }
  const value = runCharged(receiver, scope, machine)
  if (isTagged(value) && value.type === 'optional') return optionalFunction(name, value, args, { scope, machine })
  const values = args.map((argument) => runCharged(argument, scope, machine))
  return member(name, value, values, machine)
}

function runCharged(node: ASTNode, scope: Scope, machine: Machine): Value {
  const value = machine.run(node, scope)
  charge(value, machine.budget)
  return value
}

/** `optional.of(x)`, `sets.contains(a, b)`. */
function qualified(space: string, name: string, args: readonly Value[], { budget }: Machine): Value | undefined {
  const [value] = args
  switch (`${space}.${name}`) {
    case 'optional.none':
      return args.length === 0 ? NONE : undefined
    case 'optional.of':
      return value === undefined ? undefined : { type: 'optional', value }
    case 'sets.contains':
    case 'sets.intersects':
    case 'sets.equivalent':
      return setFunction(name, args, budget)
    default:
      return undefined
  }
}

type Around = { readonly scope: Scope; readonly machine: Machine }
type Optional = Extract<Tagged, { readonly type: 'optional' }>

/** What stands for a missing value is looked at only when it is missing. */
function optionalFunction(
  name: string,
  { value }: Optional,
  args: readonly ASTNode[],
  { scope, machine }: Around,
): Value | undefined {
  const [other, ...more] = args
  if (more.length > 0) return undefined
  switch (name) {
    case 'hasValue':
      return other === undefined ? value !== undefined : undefined
    case 'value':
      if (value === undefined) throw new CelError('optional.none() dereference')
      return value
    case 'orValue':
      return value ?? (value === null ? null : other && machine.run(other, scope))
    case 'or':
      return value === undefined ? other && machine.run(other, scope) : { type: 'optional', value }
    default:
      return undefined
  }
}

function member(name: string, value: Value, args: readonly Value[], { budget }: Machine): Value | undefined {
  if (name === 'size') return args.length === 0 ? sizeOfValue(value) : noOverload('size')
  if (typeof value === 'string') return stringFunction(name, value, args, budget)
  if (!isTagged(value)) throw new NotChecked(`the function ${name} of this`)
  switch (value.type) {
    case 'list':
      return listFunction(name, value, args, budget)
    case 'quantity':
      return quantityFunction(name, value, args)
    case 'url':
      return urlFunction(name, value)
    case 'ip':
      return ipFunction(name, value)
    case 'cidr':
      return cidrFunction(name, value, args)
    case 'timestamp':
      return args.length === 0 ? timestampPart(value.nanos, name) : undefined
    case 'duration':
      return args.length === 0 ? durationPart(value.nanos, name) : undefined
    default:
      return undefined
  }
}
