import { type ASTNode, Environment } from '@marcbachmann/cel-js'
import { NotChecked } from './values.ts'

/** An expression whose text was understood. Its types are not checked: the API server did that with the CRD. */
export type Parsed = { readonly ast: ASTNode; readonly usesOldSelf: boolean }

const LONGEST = 20_000
const MOST_KEPT = 2_000
const environment = new Environment({ enableOptionalTypes: true, limits: { maxAstNodes: 3_000, maxDepth: 100 } })
const kept = new Map<string, Parsed | NotChecked>()

/** The expression of a rule, or why it is not understood here. Rejects nothing, and keeps what it has parsed. */
export function parseRule(source: string): Parsed | NotChecked {
  const known = kept.get(source)
  if (known !== undefined) return known
  const parsed = parse(source)
  if (kept.size >= MOST_KEPT) kept.clear()
  kept.set(source, parsed)
  return parsed
}

function parse(source: string): Parsed | NotChecked {
  if (source.length > LONGEST) return new NotChecked('an expression of more than 20,000 characters')
  try {
    const { ast } = environment.parse(source)
    const nodes = [...within(ast)]
    if (nodes.some((node) => isAmbiguous(node, source))) return new NotChecked('== beside < or in, without parentheses')
    return { ast, usesOldSelf: nodes.some((node) => node.op === 'id' && node.args === 'oldSelf') }
  } catch {
    return new NotChecked('its syntax is not understood')
  }
}

const EQUALITIES: ReadonlySet<string> = new Set(['==', '!='])
const RELATIONS: ReadonlySet<string> = new Set(['<', '<=', '>', '>=', 'in'])

/** To cel-go `a == b < c` is `(a == b) < c`; to the parser used here it is the other way round. */
function isAmbiguous(node: ASTNode, source: string): boolean {
  if (!EQUALITIES.has(node.op) || !Array.isArray(node.args)) return false
  const right = node.args[1]
  if (!isNode(right) || !RELATIONS.has(right.op)) return false
  return !source.slice(0, right.start).trimEnd().endsWith('(')
}

/** All nodes below and at a node, as they were written: not what macros turn them into. */
function* within(root: ASTNode): Generator<ASTNode> {
  const waiting: ASTNode[] = [root]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node
    collect(node.args, waiting)
  }
}

function collect(args: unknown, into: ASTNode[]): void {
  if (isNode(args)) into.push(args)
  else if (Array.isArray(args)) for (const item of args) collect(item, into)
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value && 'start' in value
}
