"""Hands in links: to another student's notebook, to a file outside, to the root of all files."""


def hand_in(world, honest):
    world.class_folder.mkdir()
    for name in ("honest-a", "honest-b"):
        (world.class_folder / f"{name}.ipynb").write_bytes(honest)
    (world.class_folder / "attacker.ipynb").symlink_to("honest-a.ipynb")
    (world.class_folder / "secret.ipynb").symlink_to(world.canary())
    (world.class_folder / "loop").symlink_to(world.class_folder)
    return world.class_folder


STATUS, SCORE = "unreadable", 0
