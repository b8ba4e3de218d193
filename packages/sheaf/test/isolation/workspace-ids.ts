type AnyMethod = (...parameters: never) => unknown;

/** `plugin.repository.method` of all that a workspace offers; tools, which are methods of plugins, are left out. */
type Paths<Workspace> = {
  [Plugin in keyof Workspace & string]: {
    [Repository in keyof Workspace[Plugin] & string]: Workspace[Plugin][Repository] extends AnyMethod
      ? never
      : `${Plugin}.${Repository}.${keyof Workspace[Plugin][Repository] & string}`;
  }[keyof Workspace[Plugin] & string];
}[keyof Workspace & string];

type At<T, Key> = Key extends keyof T ? T[Key] : never;

/** The methods of all repositories of a workspace, by `plugin.repository.method`. */
export type RepositoryMethods<Workspace> = {
  [Path in Paths<Workspace>]: Path extends `${infer Plugin}.${infer Repository}.${infer Method}`
    ? At<At<At<Workspace, Plugin>, Repository>, Method>
    : never;
};

/** The parameters of a method, those of a method that may be missing too. */
type ParametersOf<Method> = NonNullable<Method> extends (...parameters: infer P) => unknown ? P : never;

type IsAny<T> = 0 extends 1 & T ? true : false;

/** Whether a value has a property that names a workspace, itself or what is in it, a few levels down. */
type NamesWorkspace<T, Levels extends readonly unknown[] = [0, 0, 0, 0]> =
  IsAny<T> extends true
    ? true
    : Levels extends readonly [unknown, ...infer Further]
      ? T extends Date | Uint8Array | AnyMethod
        ? never
        : T extends readonly (infer Element)[]
          ? NamesWorkspace<Element, Further>
          : T extends object
            ? Extract<keyof T, 'workspace' | 'workspaceId' | 'workspace_id'> extends never
              ? { [Key in keyof T]-?: NamesWorkspace<T[Key], Further> }[keyof T]
              : true
            : never
      : never;

/** The names of the methods of an object that take a workspace in a property of a parameter, however deep. */
export type NamingWorkspaces<Methods> = {
  [Name in keyof Methods]-?: true extends NamesWorkspace<ParametersOf<Methods[Name]>> ? Name : never;
}[keyof Methods];

/** Those that take a bare number, which could be the id of a workspace. */
export type TakingNumbers<Methods> = {
  [Name in keyof Methods]-?: true extends IsNumber<ParametersOf<Methods[Name]>[number]> ? Name : never;
}[keyof Methods];

type IsNumber<T> = T extends number ? true : never;
