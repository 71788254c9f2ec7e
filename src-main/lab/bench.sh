#podglass:lab-bench/1
# One round of lab pods, made by up.sh (make_pod, put before this by bench.ts).
# shellcheck disable=SC2034,SC2086,SC2154
# arguments: prefix pods sandbox pause-x86_64 pause-aarch64
enter_first_mounts "$@"
sandbox=$3 elf_a=$4 elf_b=$5 own_groups=1 charge=1
# The way to who asks is no part of what a pod costs; such a pod is known by its name.
ask_manifest() { manifest={}; }
make() { make_pod "$1" "$sandbox" 1 0 0 0 0 0 "$RUN/pins/none" "$elf_a" "$elf_b" "" >"$LAB/$shell/words"; }
remove() { remove_pod "$1" "$RUN/pins/none"; }
members() { find "$(first_of $ROOTS)/podglass-lab" -path "*/podglass-lab/$prefix-[0-9]*/*/cgroup.procs" -exec cat {} +; }
run_bench "$1" "$2" lab
