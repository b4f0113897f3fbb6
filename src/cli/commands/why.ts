import type { Context } from '../context.ts'
import { explain } from '../explain.ts'
import type { Target } from '../flags.ts'
import { makePlan } from '../make-plan.ts'
import type { WhyFlags } from './why-command.ts'

/** `obol why PATH`: one field explained, on stdout. SIDE EFFECTS: reads files and the cluster; changes nothing. */
export async function why(this: Context, flags: WhyFlags, target: Target): Promise<void> {
  const planned = await makePlan(this, flags)
  try {
    this.stdout.write(explain(this, planned, target, flags))
  } finally {
    await planned.cluster.close()
  }
}
