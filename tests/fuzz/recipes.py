"""Recipes for mutants, drawn by hypothesis, and rounds of trying them."""

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz import forgeries, mutations
from tests.fuzz.judge import FORMS, Judge, Step
from tests.fuzz.mutations import Mutation

MUTATIONS: tuple[Mutation, ...] = (
    *(
        mutations.flip_a_bit,
        mutations.change_a_character,
        mutations.change_an_edge,
        mutations.change_the_spare_bits,
        mutations.insert_a_character,
        mutations.insert_at_an_edge,
    ),
    *(mutations.delete_characters, mutations.truncate, mutations.repeat_a_stretch, mutations.swap_case),
    *(
        mutations.reorder_segments,
        mutations.repeat_a_segment,
        mutations.add_or_drop_segments,
        mutations.splice,
    ),
    *(mutations.splice_within, mutations.respell, mutations.append_bytes, mutations.respell_json),
    *(mutations.double_a_member, mutations.nest, mutations.set_a_claim, mutations.drop_a_claim),
    *(
        mutations.set_a_parameter,
        mutations.drop_a_parameter,
        mutations.rename_the_algorithm,
        mutations.change_the_kid,
    ),
    *(mutations.change_the_type, forgeries.sign_as_an_attacker, forgeries.sign_with_another_house),
    *(
        forgeries.sign_with_what_is_published,
        forgeries.name_another_algorithm_and_sign,
        forgeries.replace_the_signature,
    ),
)

_number = st.integers(-8, 8) | st.integers(0, 4_095)  # the ends of things are the places to look at
_steps: st.SearchStrategy[Step] = st.tuples(st.sampled_from(MUTATIONS), _number, _number, _number)
_recipes = st.lists(_steps, min_size=1, max_size=1) | st.lists(_steps, min_size=2, max_size=3)
_forms = st.integers(0, FORMS - 1)


def try_recipes(judge: Judge, examples: int, start: int) -> None:
    """Let hypothesis draw so many recipes from one seed, and the judge try each; a failure is shrunk and raised."""

    @seed(start)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(_recipes, _forms)
    def attempt(recipe: list[Step], form: int) -> None:
        judge.try_recipe(recipe, form)

    attempt()
