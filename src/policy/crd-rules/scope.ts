import type { ASTNode } from '@marcbachmann/cel-js'
import { type Budget, CelError, isTagged, type MapKey, noOverload, type Value } from './values.ts'

/** The variables an expression sees, innermost first. */
export type Scope = { readonly name: string; readonly value: Value; readonly outer: Scope | undefined } | undefined

/** What evaluating needs besides the expression. */
export type Machine = { readonly budget: Budget; run(node: ASTNode, scope: Scope): Value }

/** True when a variable of that name is visible. */
export function isVariable(name: string, scope: Scope): boolean {
  for (let at = scope; at !== undefined; at = at.outer) if (at.name === name) return true
  return false
}

/** The bool that a value has to be. */
export function asBool(value: Value): boolean {
  return typeof value === 'boolean' ? value : noOverload('no bool')
}

/** A bool, or the error there is instead. */
export function attempt(node: ASTNode, scope: Scope, machine: Machine): boolean | CelError {
  try {
    return asBool(machine.run(node, scope))
  } catch (error) {
    if (error instanceof CelError) return error
    throw error
  }
}

/** The entry of a map, or undefined. */
export function field(value: Value, name: MapKey): Value | undefined {
  if (!isTagged(value) || value.type !== 'map') return noOverload('no map')
  return value.entries.get(name)
}
