import {
  type ASTNode,
  TypeError as CelTypeError,
  type Environment,
  EvaluationError,
  ParseError,
} from '@marcbachmann/cel-js'
import { isSafePattern } from './safe-pattern.ts'

/** An expression that was parsed and type checked. */
export type Expression = {
  /** What it gives. Rejects nothing: what fails is a value. */
  evaluate(variables: Readonly<Record<string, unknown>>): Evaluation
}

export type Evaluation =
  | { readonly result: 'value'; readonly value: unknown }
  | { readonly result: 'failed'; readonly message: string }

/** Why an expression is none; `offset` counts characters from its start. */
export type ExpressionProblem = { readonly message: string; readonly offset: number }

/**
 * Compiles an expression and checks that it gives `type` (CEL specification v0.25: `bool`, `string`; `dyn` passes).
 * A pattern of `matches` must be a literal without repeated groups: an expression may not take forever. Pure.
 */
export function compileExpression(
  source: string,
  environment: Environment,
  type: 'bool' | 'string',
): Expression | ExpressionProblem {
  try {
    const parsed = environment.parse(source)
    const { valid, type: given = 'dyn', error } = parsed.check()
    if (!valid) return problemOf(error)
    if (given !== type && given !== 'dyn') return { message: `it gives ${given}, and ${type} is wanted`, offset: 0 }
    const pattern = unsafePattern(parsed.ast)
    if (pattern !== undefined) return pattern
    return { evaluate: (variables) => evaluate(() => parsed({ ...variables })) }
  } catch (error) {
    return problemOf(error)
  }
}

function evaluate(run: () => unknown): Evaluation {
  try {
    return { result: 'value', value: run() }
  } catch (error) {
    return { result: 'failed', message: messageOf(error) }
  }
}

function problemOf(error: unknown): ExpressionProblem {
  const isCel = error instanceof ParseError || error instanceof CelTypeError || error instanceof EvaluationError
  return { message: messageOf(error), offset: isCel ? (error.range?.start ?? 0) : 0 }
}

function messageOf(error: unknown): string {
  if (error instanceof ParseError || error instanceof CelTypeError || error instanceof EvaluationError) {
    return error.summary
  }
  return error instanceof Error ? error.message : String(error)
}

function unsafePattern(node: ASTNode): ExpressionProblem | undefined {
  for (const call of calls(node)) {
    if (call.name !== 'matches') continue
    const pattern = call.args.at(-1)
    const text = pattern?.op === 'value' && typeof pattern.args === 'string' ? pattern.args : undefined
    if (text !== undefined && isSafePattern(text)) continue
    const message = 'the pattern of matches must be a text without repeated groups, such as "^[a-z]+$"'
    return { message, offset: pattern?.start ?? 0 }
  }
  return undefined
}

function* calls(node: ASTNode): Generator<{ readonly name: string; readonly args: readonly ASTNode[] }> {
  if (node.op === 'call') yield { name: node.args[0], args: node.args[1] }
  if (node.op === 'rcall') yield { name: node.args[0], args: node.args[2] }
  for (const child of children(node.args)) yield* calls(child)
}

function children(args: unknown): readonly ASTNode[] {
  if (isNode(args)) return [args]
  return Array.isArray(args) ? args.flatMap(children) : []
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value && 'start' in value
}
