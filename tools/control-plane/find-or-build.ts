import { type BuildOptions, buildControlPlane } from './build.ts'
import { type Binaries, findControlPlane, type NotFound } from './find.ts'

/**
 * The binaries of a version: from KUBEBUILDER_ASSETS, else the user's cache, else built with Go into that cache.
 * SIDE EFFECTS: those of `buildControlPlane` when nothing was found.
 */
export async function findOrBuild(options: BuildOptions): Promise<Binaries | NotFound> {
  const present = findControlPlane(options.version, options.env)
  return present.found ? present : buildControlPlane(options)
}
