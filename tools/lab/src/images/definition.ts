import type { Lab } from '../data/lab.ts';

/** A folder (made when missing) that belongs to somebody else than root. */
export interface OwnedFolder {
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
}

/** A file of the definition's own folder, or a few lines of text, at a place in the image. */
export interface ImageFile {
  readonly to: string;
  /** File name beside the definition. */
  readonly from?: string;
  readonly text?: string;
  /** 0o644 unless told otherwise; entry points need 0o755. */
  readonly mode?: number;
}

/** What the engine is told about the image; the fields of the same name in the OCI image configuration. */
export interface RunSettings {
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly workingDirectory?: string;
  readonly ports?: readonly number[];
  readonly volumes?: readonly string[];
  readonly stopSignal?: string;
}

/** What a build step of a definition works with. */
export interface StepContext {
  /** The image's root folder as it stands so far. */
  readonly stage: string;
  /** The unpacked packages: what is picked from here brings its libraries. */
  readonly pool: string;
  /** A folder of this step's own, gone after the build. */
  readonly work: string;
  readonly lab: Lab;
  readonly log: string;
  note(line: string): void;
  /** Copies paths (shell patterns) of the pool into the image. */
  pick(...patterns: readonly string[]): Promise<void>;
}

/** Packages of a Debian release, with all they depend on. */
export interface PackageSource {
  readonly suite: 'bookworm' | 'bullseye';
  /** As apt takes them: `name` or `name=version-pattern`. */
  readonly packages: readonly string[];
}

/** A root folder that something else has made. */
export interface FolderSource {
  readonly folder: (lab: Lab, note: (line: string) => void) => Promise<string>;
}

/** Packages of the release that everything here comes from unless it says otherwise. */
export const debian12 = (...packages: readonly string[]): PackageSource => ({ suite: 'bookworm', packages });

/**
 * A container image as data: where its files come from, which of them it takes, who it runs as.
 * Libraries need not be named: whatever the picked programs link to comes along.
 */
export interface ImageDefinition {
  /** The name on the command line, and `lucid-lab/NAME:TAG` as an image. */
  readonly name: string;
  readonly tag: string;
  /** The official image it can be put in the place of. */
  readonly standsFor: string;
  /** The variable by which the deploy model takes another image. */
  readonly variable: string | undefined;
  readonly source: PackageSource | FolderSource;
  /** Paths or shell patterns among the packages' files; folders come whole. */
  readonly pick: readonly string[];
  /** What of the picked folders stays out. */
  readonly leaveOut?: readonly string[];
  /** Symbolic links, `place → target`. */
  readonly links?: Readonly<Record<string, string>>;
  readonly files?: readonly ImageFile[];
  /** The user the service runs as, besides root and nobody. */
  readonly user?: {
    readonly name: string;
    readonly uid: number;
    readonly gid: number;
    readonly home: string;
  };
  readonly owned?: readonly OwnedFolder[];
  readonly run: RunSettings;
  /** What packages alone cannot give. */
  readonly step?: (context: StepContext) => Promise<void>;
  /** What `step` is built from, besides the files beside the definition: part of the content key. */
  readonly inputs?: (lab: Lab) => Promise<readonly string[]>;
  /** Why this machine cannot build it, in one line. */
  readonly whyNot?: (lab: Lab) => Promise<string | undefined>;
}

/** `lucid-lab/redis:7` */
export const referenceOf = (image: Pick<ImageDefinition, 'name' | 'tag'>): string =>
  `lucid-lab/${image.name}:${image.tag}`;
