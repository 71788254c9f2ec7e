#podglass:manifests/1
# Tells what Podglass pinned on this node, by the manifests that lie beside the pins: one a line. Changes nothing.
# shellcheck disable=SC2154
enter_first_mounts "$@"
watch_time
[ "$(id -u)" = 0 ] || refuse privilege "$RUN is root's alone"
[ -d "$RUN/pins" ] || exit 0
own_folder "$RUN"
own_folder "$RUN/pins"
# Folders of root's, named by us.
set +f
for file in "$RUN"/pins/*/manifest.json; do
  [ ! -f "$file" ] || say fact manifest "$(head -c 65536 "$file" | tr -d '\n')"
done
